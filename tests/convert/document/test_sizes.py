"""Small sizes of groups, blocks and floats."""

from .helpers import compile_error, drafted, typst

TABLE = "\\begin{tabular}{l}a\\end{tabular}"


def test_a_group_has_its_size_and_what_follows_has_not() -> None:
    body = "Words {\\small less {\\footnotesize least} \\normalsize usual} on."
    assert typst(body) == "Words #text(0.9em)[less #text(0.89em)[least]] usual on."
    assert typst("{\\tiny One.\n\nTwo.}") == "#text(0.5em)[One.]\n\n#text(0.5em)[Two.]"
    assert typst("{\\small a \\bfseries b \\normalsize c}") == "#text(0.9em)[a *b #text(1.11em)[c]*]"
    assert not drafted(body).losses


def test_sizes_are_those_of_the_class_option() -> None:
    from typlora.convert.draft import draft
    from typlora.tex.project import read_string

    text = "\\documentclass[12pt]{article}\\begin{document}{\\small a}\\end{document}"
    assert "#text(0.92em)[a]" in "".join(map(str, draft(read_string(text)).blocks[0].parts))


def test_one_block_is_wrapped_and_several_stand_between_rules() -> None:
    items = "\\begin{itemize}\\item a\\end{itemize}"
    assert typst(f"\\begin{{small}}{items}\\end{{small}} b") == "#text(0.9em)[\n  - a\n]\n\nb"
    body = f"{{\\small{items} Words. {items}}} b"
    assert typst(body) == "#set text(size: 9pt)\n\n- a\n\nWords.\n\n- a\n\n#set text(size: 10pt)\n\nb"
    assert compile_error(drafted(body)) == ""


def test_the_heading_of_a_small_bibliography_keeps_its_size() -> None:
    body = "{\\small\\begin{thebibliography}{1}\\bibitem{k}K\\bibitem{l}L\\end{thebibliography}} \\cite{k,l}"
    assert typst(body).startswith("= References\n\n#set text(size: 9pt)\n\n#bibitem[K]")
    assert compile_error(drafted(body)) == ""


def test_a_size_before_the_caption_is_that_of_the_float_and_behind_it_that_of_the_table() -> None:
    first = f"\\begin{{table}}\\small\\caption{{C}}\\label{{t}}{TABLE}\\end{{table}} \\ref{{t}}"
    assert typst(first).startswith("#text(0.9em)[\n  #figure(\n    table(")
    second = f"\\begin{{table}}\\caption{{C}}\\label{{t}}{{\\tiny{TABLE}}} {{\\small N}}\\end{{table}}"
    assert typst(second).startswith("#[\n  #show table: set text(0.5em)\n  #figure(")
    assert "#text(0.9em)[N]" in typst(second)
    for body in (first, second):
        made = drafted(body)
        assert compile_error(made) == "" and not made.losses
    assert "text(" not in typst(f"\\begin{{table}}\\normalsize{TABLE}\\caption{{C}}\\end{{table}}")


def test_cells_and_captions_have_sizes_of_their_own() -> None:
    body = "\\begin{table}\\caption{A {\\small b}}\\begin{tabular}{l}{\\tiny c}\\end{tabular}\\end{table}"
    assert "[#text(0.5em)[c]]" in typst(body) and "[A #text(0.9em)[b]]" in typst(body)
    assert compile_error(drafted(body)) == ""


def test_a_hundred_sizes_lose_no_words() -> None:
    made = drafted("{" + " ".join(f"\\small word{n} \\footnotesize more{n}" for n in range(100)) + "}")
    shown = "".join(str(part) for block in made.blocks for part in block.parts)
    assert all(f"word{n}" in shown and f"more{n}" in shown for n in range(100))
    assert compile_error(made) == "" and not any("nested" in loss.reason for loss in made.losses)
