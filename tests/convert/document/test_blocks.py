"""Headings, lists, quotations, verbatim text."""

from .helpers import compile_error, drafted, typst


def check(latex: str, expected: str, preamble: str = "") -> None:
    made = drafted(latex, preamble)
    assert typst(latex, preamble) == expected
    assert compile_error(made) == ""


def test_headings_carry_their_labels() -> None:
    check(
        "\\section{One}\\label{sec:one}\nText.\n\\subsection*{Two}",
        "= One <sec:one>\n\nText.\n\n#heading(level: 2, numbering: none)[Two]",
    )


def test_headings_without_numbers_stay_short() -> None:
    check("\\section*{One}\nText.", "= One\n\nText.")


def test_chapters_are_the_highest_level_of_a_book() -> None:
    from typlora.convert.draft import draft
    from typlora.tex.project import read_string

    made = draft(read_string("\\documentclass{book}\\begin{document}\\chapter{A}\\section{B}\\end{document}"))
    assert [block.parts for block in made.blocks] == [("= A",), ("== B",)]


def test_paragraph_headings_run_in() -> None:
    check("\\paragraph{Point.} Words.\n\nMore.", "==== Point.\nWords.\n\nMore.")


def test_nested_lists() -> None:
    check(
        "\\begin{itemize}\\item One\n\\item Two\n\\begin{enumerate}\\item a\\item b\\end{enumera"
        "te}\\end{itemize}",
        "- One\n- Two\n  + a\n  + b",
    )


def test_items_of_several_paragraphs() -> None:
    check("\\begin{itemize}\\item One\n\nmore\n\\item Two\\end{itemize}", "- One\n\n  more\n- Two")


def test_descriptions() -> None:
    check(
        "\\begin{description}\\item[Term] words\\item[A: b] c\\end{description}",
        "/ Term: words\n/ #[A: b]: c",
    )


def test_enumitem_labels_and_references_to_items() -> None:
    check(
        "\\begin{enumerate}[label=(\\roman*), start=2]\\item x\\label{i}\\end{enumerate} See \\ref{i}.",
        '#[\n#set enum(numbering: "(i)", start: 2)\n+ x #metadata(none) <i>\n]\n\nSee #link(<i>)[(ii)].',
    )


def test_verbatim_is_untouched() -> None:
    check("\\begin{verbatim}\n  a_b $x$ % no\n\\end{verbatim}", "```\n  a_b $x$ % no\n```")


def test_listings_have_their_language_and_caption() -> None:
    check(
        "\\begin{lstlisting}[language=Python, caption={A loop}, label=l]\nx = 1\n\\end{lstlistin"
        "g}\nSee \\ref{l}.",
        "#figure(\n  ```python\n  x = 1\n  ```,\n  caption: [A loop],\n  supplement: [Listing],"
        "\n) <l>\n\nSee @l.",
    )


def test_quotations() -> None:
    check("\\begin{quote}Words.\\end{quote}", "#quote(block: true)[\nWords.\n]")


def test_appendix() -> None:
    made = drafted("\\section{A}\n\\appendix\n\\section{B}\\label{b}\nSee \\ref{b}.")
    assert "#show: appendix" in [block.parts[0] for block in made.blocks]
    assert compile_error(made) == ""


def test_unknown_environments_keep_their_text() -> None:
    made = drafted("\\begin{mystery}Words $x$.\\end{mystery}")
    assert typst("\\begin{mystery}Words $x$.\\end{mystery}") == "Words $|x|$."
    assert [loss.reason for loss in made.losses] == ["unknown environment mystery; its text is kept"]


def test_layout_is_counted_and_reported_once() -> None:
    made = drafted("\\index{tree}A\\vspace{1cm}\n\nB\\vspace{2cm}\n\n\\bigskip C\\index{leaf}\\newpage")
    reasons = {loss.reason: loss for loss in made.losses}
    spaces = [reason for reason in reasons if "vertical space" in reason]
    assert spaces == [
        "layout not carried over: vertical space (\\vspace 2 times, \\bigskip once), first at <stdin>:4"
    ]
    index = next(loss for loss in made.losses if "index" in loss.reason)
    assert "tree" in index.latex and "leaf" in index.latex
    assert any("page and column breaks (\\newpage once)" in reason for reason in reasons)


def test_running_heads_are_content_and_page_numbers_are_layout() -> None:
    made = drafted("text", "\\usepackage{fancyhdr}\\pagestyle{fancy}\\lhead{Draft of May}\\cfoot{\\thepage}")
    assert [loss.latex for loss in made.losses if "running head" in loss.reason] == ["\\lhead{Draft of May}"]
    assert any("\\cfoot once" in loss.reason for loss in made.losses)


def test_rules_are_drawn_and_struts_are_not() -> None:
    assert typst("a\n\n\\rule{\\textwidth}{1pt}\n\nb") == "a\n\n#line(length: 100%, stroke: 1pt)\n\nb"
    assert typst("a\\rule{0pt}{2ex}b") == "ab"


def test_the_table_of_contents_is_as_deep_as_in_latex() -> None:
    assert typst("\\tableofcontents\\section{A}") == "#outline()\n\n= A"
    assert typst("\\tableofcontents\\section{A}\\paragraph{B} c").startswith("#outline(depth: 3)")
    assert typst("\\tableofcontents\\subsection{A}", "\\setcounter{tocdepth}{1}").startswith(
        "#outline(depth: 1)"
    )


def test_starred_headings_are_no_line_of_the_table_of_contents() -> None:
    starred = "#heading(level: 1, outlined: false)[A]"
    assert typst("\\tableofcontents\\section*{A}") == f"#outline()\n\n{starred}"
    listed = "\\tableofcontents\\section*{A}\\addcontentsline{toc}{section}{A}"
    assert typst(listed) == "#outline()\n\n= A"


def test_parts_stand_in_the_table_of_contents() -> None:
    body = "\\tableofcontents\\part{One}\\section{A}\\part*{Two}"
    assert typst(body) == (
        '#outline(target: selector(heading).or(figure.where(kind: "part")))\n\n'
        "#part[Part I\u2003One]\n\n= A\n\n#part[Two]"
    )
    assert compile_error(drafted(body)) == ""


def test_subsections_of_the_ams_run_in() -> None:
    from typlora.convert.draft import draft
    from typlora.tex.project import read_string

    body = "\\section{A}\\subsection{B}\\label{b} Words.\\subsubsection*{C?} More.\n\nEnd."
    made = draft(read_string(f"\\documentclass{{amsart}}\\begin{{document}}{body}\\end{{document}}"))
    shown = ["".join(map(str, block.parts)) for block in made.blocks]
    assert shown[1] == "== B <b>\nWords." and shown[2].endswith("[C?]\nMore.")
    assert "#show heading.where(level: 2): it => run-in(it, strong)" in made.preamble
    assert compile_error(made) == ""


def test_japanese_headings_run_in_without_indentation() -> None:
    from typlora.convert.draft import draft
    from typlora.tex.project import read_string

    text = "\\documentclass{%s}\\begin{document}\\paragraph{見出し}文。\\end{document}"
    made = draft(read_string(text % "jsarticle"))
    assert "#h(-1em)*■#it.body*" in made.preamble and compile_error(made) == ""
    assert "#h(-1em)*#it.body*" in draft(read_string(text % "jlreq")).preamble
    assert "#h(-1em)" not in draft(read_string(text % "article")).preamble


def test_sizes_in_points_are_seen_where_they_are_large() -> None:
    assert typst("{\\fontsize{20}{25}\\selectfont Title\\par} text") == "#text(20pt)[Title]\n\ntext"
    made = drafted("{\\fontsize{8pt}{9pt}\\selectfont small}")
    assert [loss.reason for loss in made.losses] == [
        "layout not carried over: small sizes and font switches (\\fontsize once, \\selectfont once), "
        "first at <stdin>:4"
    ]


def test_an_abstract_in_a_column_is_as_wide_as_the_column() -> None:
    from typlora.convert.draft import draft
    from typlora.tex.project import read_string

    text = "\\documentclass[%s]{article}\\begin{document}\\begin{abstract}A\\end{abstract}\\end{document}"
    assert "pad(" in draft(read_string(text % "11pt")).preamble
    assert "pad(" not in draft(read_string(text % "twocolumn")).preamble


def test_many_switches_one_after_the_other_are_not_nested() -> None:
    body = "\n\n".join(f"\\noindent\\raggedright word{n}" for n in range(100))
    made = drafted(body)
    assert typst(body).split() == [f"word{n}" for n in range(100)]
    assert not any("nested" in loss.reason for loss in made.losses)


def test_a_small_size_for_the_rest_of_the_document_is_a_rule() -> None:
    assert typst("\\raggedright\\footnotesize Words.\n\n\\normalsize More.") == (
        "#set text(size: 8pt)\n\nWords.\n\n#set text(size: 10pt)\n\nMore."
    )


def test_labels_of_lists_with_letters() -> None:
    """``(A1)``: a letter that Typst would count with stands in a function; ``ref=`` is for references."""
    body = (
        "\\begin{enumerate}[label=(A\\arabic*)]\\item\\label{a} x\\end{enumerate}"
        "\\begin{enumerate}[label=Step \\arabic*:,ref=\\arabic*]\\item\\label{s} y\\end{enumerate}"
        "\\begin{enumerate}[label={\\bfseries Claim \\roman*.}]\\item\\label{c} z\\end{enumerate}"
        "\\ref{a}, \\ref{s}, \\ref{c}."
    )
    shown = typst(body, "\\usepackage{enumitem}")
    assert '#set enum(numbering: n => "(A" + numbering("1", n) + ")")' in shown
    assert '#set enum(numbering: "Step 1:")' in shown
    assert '#set enum(numbering: n => "Claim " + numbering("i", n) + ".")' in shown
    assert shown.endswith("#link(<a>)[(A1)], #link(<s>)[1], #link(<c>)[Claim i.].")
    assert compile_error(drafted(body)) == ""


def test_lists_within_a_paragraph() -> None:
    items = "\\item\\label{o} sing, \\item dance"
    body = f"We \\begin{{enumerate*}}[label=(\\roman*)]{items}\\end{{enumerate*}} and \\ref{{o}}."
    shown = typst(body, "\\usepackage[inline]{enumitem}")
    assert shown == "We (i)~sing, #metadata(none) <o> (ii)~dance and #link(<o>)[(i)]."
    assert compile_error(drafted(body)) == ""


def test_bullets_of_the_author() -> None:
    assert typst("\\begin{itemize}[label=--]\\item a\\end{itemize}") == "#[\n#set list(marker: [--])\n- a\n]"
    assert typst("\\begin{itemize}[nosep]\\item a\\end{itemize}") == "- a"
