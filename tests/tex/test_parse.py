"""Parsing: positions, recovery from broken input, and limits."""

import sys
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from typlora.tex.parse import parse
from typlora.tex.source import SourceText

PIECES = [
    "{", "}", "$", "$$", "\\(", "\\)", "\\[", "\\]", "[", "]", "\\begin{itemize}", "\\end{itemize}",
    "\\item", "%", "\\begin{equation}", "\\end{equation}", "\\begin{verbatim}", "\\end{verbatim}",
    "\\verb|", "\\url{", "\\href{a}", "\\frac", "\\text{", "\\section", "*", "\n", "\n\n", " ", "a",
    "\\\\", "\\", "&", "~", "--", "日本", "\\begin{", "\\end", "\\lstinline[x]{", "\\mintinline{c}|",
    "\\begin{minted}[x]{c}", "\\end{minted}", "\\item[", "\\makeatletter", "@",
]  # fmt: skip
latex = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def walk(nodes: list[Any]) -> list[Any]:
    """All nodes of a tree, arguments too."""
    found = []
    for node in nodes:
        if node is None:
            continue
        found.append(node)
        found += walk(getattr(node, "nodelist", None) or [])
        arguments = getattr(node, "nodeargd", None)
        if arguments is not None:
            found += walk(arguments.argnlist or [])
    return found


def kinds(text: str) -> list[str]:
    return [type(node).__name__.removeprefix("Latex").removesuffix("Node") for node in parse(text).nodes]


@given(latex)
@settings(max_examples=400)
def test_anything_parses_and_every_node_is_its_source(text: str) -> None:
    nodes = parse(text).nodes
    position = 0
    dropped = {"}", "\\)", "\\]", "\\end{itemize}", "\\end{equation}", "\\end{minted}", "\\end{verbatim}"}
    for node in nodes:  # the top level covers the text; only stray closers are left out
        gap = text[position : node.pos]
        while gap:
            piece = next((piece for piece in dropped if gap.startswith(piece)), None)
            assert piece, gap
            gap = gap[len(piece) :]
        position = node.pos + node.len
    for node in walk(nodes):
        assert 0 <= node.pos <= node.pos + node.len <= len(text)
        if type(node).__name__ == "LatexCharsNode":
            assert node.chars == text[node.pos : node.pos + node.len]


def test_arguments() -> None:
    text = "\\section*{A}\\frac12\\sqrt[3]x \\textbf {b}\\\\ [1]\\item[a]b\\cite[p.~1][x]{k}"
    macros = [node for node in parse(text).nodes if type(node).__name__ == "LatexMacroNode"]
    counts = {node.macroname: [a is not None for a in node.nodeargd.argnlist] for node in macros}
    assert counts["section"] == [True, False, True]
    assert counts["frac"] == [True, True]
    assert counts["sqrt"] == [True, True]
    assert counts["\\"] == [False, False]  # amsmath: no blank before the bracket
    assert counts["cite"] == [False, True, True, True]


def test_japanese_after_a_command_is_not_part_of_it() -> None:
    nodes = parse("\\alpha日本").nodes
    assert nodes[0].macroname == "alpha"
    assert nodes[1].chars == "日本"


def test_verbatim_is_not_read() -> None:
    text = "\\begin{lstlisting}[language=C]\n$ { % \\end{x}\n\\end{lstlisting}"
    text += "\\verb|$|\\url{a%b_c}\\href{x%y}{t $z$}"
    result = parse(text)
    assert not result.problems
    listing, verb, url, href = result.nodes
    assert listing.nodelist[0].chars == "\n$ { % \\end{x}\n"
    assert listing.nodeargd.argnlist[0].chars == "language=C"
    assert (verb.nodeargd.verbatim_text, url.nodeargd.verbatim_text) == ("$", "a%b_c")
    assert href.nodeargd.argnlist[0].chars == "x%y"
    assert [type(node).__name__ for node in href.nodeargd.argnlist[1].nodelist][1] == "LatexMathNode"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a $x+1\n\nb", "$ is missing"),
        ("\\begin{document}\\begin{itemize}\\item a\\end{document}", "\\end{itemize} is missing"),
        ("a } b", "closing brace"),
        ("{\\begin{center}x}", "\\end{center} is missing"),
        ("$a_{b$ c $d$", "} is missing"),
        ("\\end{quote}", "without its beginning"),
        ("\\title{a\\begin{document}b\\end{document}", "} is missing"),
        ("x \\] y", "without its beginning"),
        ("\\begin{equation} a \\end{align} b", "\\end{align} was taken for the \\end{equation}"),
        ("\\begin{verbatim} x", "\\end{verbatim} is missing"),
        ("\\cite{a words\n\nmore}", "} of cite is missing"),
    ],
)
def test_broken_input_is_reported_where_it_broke(text: str, message: str) -> None:
    result = parse(text)
    assert any(message in problem.message for problem in result.problems), result.problems
    assert all(problem.span.line >= 1 for problem in result.problems)


@pytest.mark.parametrize(
    "before",
    [
        *(
            "\\section{Title",
            "\\color{red",
            "\\hspace*{1cm",
            "\\usepackage[a]{b",
            "\\setlength{\\parskip}{0pt",
        ),
        *(
            "\\url{x%y",
            "\\index{word",
            "\\includegraphics[width=1cm]{p",
            "\\begin{tabular}{l a\\end{tabular}",
        ),
    ],
)
def test_a_forgotten_brace_swallows_nothing_behind_its_paragraph(before: str) -> None:
    result = parse(f"{before} words\n\nMore $x$ words.")
    assert [type(node).__name__[5:-4] for node in result.nodes[-3:]] == ["Chars", "Math", "Chars"]
    assert "is missing; it was ended" in result.problems[0].message
    closed = parse(f"{before}}} words\n\nMore $x$ words.").problems
    assert not closed or "\\begin" in before


def test_recovery_keeps_what_follows() -> None:
    assert kinds("\\cite{a, b words $x$\n\n$y$") == ["Macro", "Chars", "Math", "Chars", "Math"]
    assert kinds("\\cite{a, {b}\n}\n\n$y$") == ["Macro", "Chars", "Math"]
    assert kinds("a $x\n\nb $y$ c") == ["Chars", "Math", "Chars", "Math", "Chars"]
    assert kinds("$a_{b$ c $d$") == ["Math", "Chars", "Math"]
    assert kinds("$a$$b$") == ["Math", "Math"]
    assert kinds("$\\foo{a $x$ b}$ c") == ["Math", "Chars"]


def test_deep_nesting_is_bounded() -> None:
    for text in (
        "{" * 10_000 + "x" + "}" * 10_000,
        "\\textbf{" * 10_000,
        "$" + "\\frac{" * 5000,
        "\\begin{center}" * 3000,
    ):
        result = parse(text)
        assert result.problems
        depth, nodes = 0, result.nodes
        while nodes:
            depth += 1
            nodes = [child for node in nodes for child in (getattr(node, "nodelist", None) or [])]
            assert depth < 100
    assert sys.getrecursionlimit() <= 1000


@pytest.mark.parametrize(
    "piece",
    [
        "{",
        "}",
        "$",
        "\\item[",
        "\\begin{center}",
        "\\end{center}",
        "\\url{",
        "\\verb|",
        "%",
        "a$b\n\n",
        "\\frac{x}{",
        "[",
    ],
)
def test_time_is_linear_in_bad_input(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    begun = time.process_time()
    parse(text)
    assert time.process_time() - begun < 8


def test_problems_lead_back_to_the_file() -> None:
    source = SourceText.join(
        [SourceText.from_file("a.tex", "one\n"), SourceText.from_file("b.tex", "\n two }")]
    )
    (problem,) = parse(source).problems
    assert str(problem.span) == "b.tex:2:6"


def test_a_brace_forgotten_in_the_preamble_ends_where_the_document_begins() -> None:
    text = "\\graphicspath{{a/}\n\\usepackage{b\\begin{document}c\\end{document}"
    nodes = parse(text).nodes
    assert nodes[-1].environmentname == "document"
    assert text[nodes[-1].pos :].startswith("\\begin{document}")
