"""Text in several columns."""

import typst as compiler

from .helpers import compile_error, drafted, typst, whole


def test_columns_are_balanced() -> None:
    body = "Before\n\\begin{multicols}{3}[\\section{A}]\none\n\ntwo\\end{multicols}\nafter"
    assert typst(body) == "Before\n\n= A\n\n#balanced-columns(3)[\n  one\n\n  two\n]\n\nafter"
    made = drafted(body)
    assert compile_error(made) == "" and not made.losses


def test_starred_columns_are_typst_own() -> None:
    body = "\\begin{multicols*}{2}one\\columnbreak two\\end{multicols*} after"
    assert typst(body) == "#columns(2)[\n  one\n\n  #colbreak()\n\n  two\n]\n\nafter"
    assert compile_error(drafted(body)) == ""


def test_columns_up_to_the_end_of_the_document_are_a_rule() -> None:
    assert typst("\\begin{multicols*}{2}\n= $x$ \\section{A} b\\end{multicols*}\n% the end\n").startswith(
        "#set page(columns: 2)\n\n\\= $|x|$\n\n= A"
    )
    assert typst("First.\\begin{multicols*}{2}b\\end{multicols*}") == (
        "First.\n\n#show: columns.with(2)\n\nb"
    )


def test_where_columns_cannot_be_they_are_reported() -> None:
    body = "\\begin{figure}\\begin{multicols}{2}one\\end{multicols}\\caption{c}\\end{figure}"
    made = drafted(body)
    assert [loss.reason for loss in made.losses] == ["layout not carried over: columns (multicols once)"]
    assert "one" in typst(body) and compile_error(made) == ""


def test_seven_lines_in_three_columns_are_three_high() -> None:
    """What follows stands below the third line: the second page is needed only where they are higher."""
    items = "".join(f"\\item {word}" for word in "abcdefg")
    made = drafted(f"\\begin{{multicols}}{{3}}\\begin{{itemize}}{items}\\end{{itemize}}\\end{{multicols}} z")
    page = "#set page(width: 8cm, height: 2.6cm, margin: 2mm, numbering: none)\n"
    source = whole(made)
    assert "balanced-columns(3)" in source
    head, _, body = source.partition("#balanced-columns(3)")
    pages = compiler.compile(f"{head}{page}#balanced-columns(3){body}".encode(), format="png")
    assert isinstance(pages, bytes)  # one page
    tall = compiler.compile(f"{head}{page}#columns(1){body}".encode(), format="png")
    assert isinstance(tall, list)


def test_columns_are_kept_where_the_document_becomes_html() -> None:
    text = "First.\\begin{multicols*}{2}one\\end{multicols*}\\begin{multicols}{2}two\\end{multicols}"
    for body in (text + " last", "First.\\begin{multicols*}{2}one two\\end{multicols*}"):
        page = compiler.compile(whole(drafted(body)).encode(), format="html")
        assert isinstance(page, bytes) and b"one" in page and b"two" in page
