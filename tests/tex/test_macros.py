"""Expanding user macros: what TeX would make of them, within bounds, with spans of the use."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from typlora.tex.macros import MacroTable, collect, expand_all, expand_formula, expand_project
from typlora.tex.project import read_string
from typlora.tex.source import SourceText


@pytest.mark.parametrize(
    ("definitions", "latex", "expected"),
    [
        (r"\newcommand{\R}{\mathbb{R}}", r"x \in \R y", r"x \in \mathbb{R} y"),
        (r"\newcommand\R{\mathbb R}", r"\R^n", r"\mathbb R^n"),
        (r"\newcommand{\a}{\alpha}", r"\a{}b\a\b\a2", r"\alpha{}b\alpha\b\alpha2"),
        (r"\newcommand{\f}[2][k]{f_{#1}(#2)}", r"\f{x}+\f[j]{y}+\f xy", r"f_{k}(x)+f_{j}(y)+f_{k}(x)y"),
        (r"\def\v#1{\mathbf{#1}}", r"\v x\v{ab}\v\alpha", r"\mathbf{x}\mathbf{ab}\mathbf{\alpha}"),
        (r"\def\s#1{\sin#1}", r"\s x\s{\alpha}", r"\sin x\sin\alpha"),
        (r"\def\s#1{#1x}", r"\s\alpha", r"\alpha x"),
        (r"\def\d(#1,#2){[#1|#2]}", r"\d(a,{b,c})\d (1,2)", r"[a|b,c][1|2]"),
        (r"\def\x#1.{<#1>}", r"\x ab.c", r"<ab>c"),
        (r"\def\x#1.#2 {<#1|#2>}", r"\x a.bc d", r"<a|bc>d"),
        ("\\def\\x#1 [#2]\n  {<#1|#2>}", "\\x{a b}\n\n[c] \\x{a b}\n  [c]\nd", "\\x{a b}\n\n[c] <a b|c>d"),
        ("\\def\\x#1% why\n:{<#1>}", r"\x ab:c", r"<ab>c"),
        (r"\let\phi\varphi", r"\phi x", r"\varphi x"),
        (r"\let\p=\phi\let\phi\varphi\let\varphi\p", r"\phi\varphi", r"\varphi\phi"),
        (r"\renewcommand{\epsilon}{\varepsilon}", r"\epsilon\varepsilon", r"\varepsilon\varepsilon"),
        (r"\let\old\vec \renewcommand{\vec}[1]{\old{\mathbf{#1}}}", r"\vec a", r"\vec{\mathbf{a}}"),
        (r"\DeclareMathOperator{\Tr}{Tr}", r"\Tr A", r"\operatorname{Tr} A"),
        (r"\DeclareMathOperator*{\am}{arg\,max}", r"\am_x", r"\operatorname*{arg\,max}_x"),
        (r"\DeclarePairedDelimiter{\abs}{\lvert}{\rvert}", r"\abs{x}", r"\lvert x\rvert"),
        (r"\DeclarePairedDelimiter{\abs}{|}{|}", r"\abs*{x}\abs[\Big]{y}", r"\left|x\right|\Bigl|y\Bigr|"),
        (
            r"\DeclarePairedDelimiterX{\i}[2]{\langle}{\rangle}{#1\,\delimsize\vert\,#2}",
            r"\i{x}{y}\i*{x}{y}",
            r"\langle x\,\vert\,y\rangle\left\langle x\,\middle\vert\,y\right\rangle",
        ),
        (r"\NewDocumentCommand{\g}{s o m O{3}}{\IfBooleanTF{#1}{S}{N}#3#4}",
         r"\g{a} \g*[u]{b}[c]", "Na3 Sbc"),
        (r"\NewDocumentCommand\g{o m}{\IfNoValueTF{#1}{n}{#1}#2}", r"\g{a}\g[b]{c}", "nabc"),
        (r"\NewDocumentCommand\g{d<>m}{\IfValueT{#1}{#1:}#2}", r"\g<1>{a}\g{b}", "1:ab"),
        (r"\NewDocumentCommand\g{m e{^_}}{#1\IfValueT{#2}{^{(#2)}}}", r"\g x^2", "x^{(2)}"),
        (r"\newenvironment{e}[1]{\begin{align}#1}{\end{align}}",
         r"\begin{e}{x}y\end{e}", r"\begin{align}xy\end{align}"),
        (
            r"\NewDocumentEnvironment{e}{m}{<#1|}{|#1>}",
            r"\begin{e}{x}y\begin{e}{z}\end{e}\end{e}",
            "<x|y<z||z>|x>",
        ),
        (r"\newcommand\be{\begin{equation}}\newcommand\ee{\end{equation}}",
         r"\be x\ee", r"\begin{equation} x\end{equation}"),
        (r"\newcommand{\e}{\ensuremath{\varepsilon}\xspace}",
         r"\e x\text{if \e is}", r"{\varepsilon} x\text{if $\varepsilon$ is}"),
        (r"\newcommand{\x}[1]{\y{#1}}\newcommand{\y}[1]{<#1>}", r"\x{\x{a}}", "<<a>>"),
        (r"\newcommand{\x}{a%" + "\n  b}", r"\x", "ab"),
        (r"\newcommand{\x}[1]{\newcommand{\y}[1]{#1##1}\y{2}}", r"\x{1}", "12"),
        (r"\newcommand{\x}[1]{\ifmmode m\else t\fi#1}", r"\x1\text{\x2}", r"m1\text{t2}"),
        (r"\newcommand{\x}[1][]{\ifthenelse{\equal{#1}{}}{none}{#1}}", r"\x\x[a]", "nonea"),
        (r"\providecommand{\x}{1}\providecommand{\x}{2}\providecommand{\frac}{3}", r"\x\frac12", r"1\frac12"),
        (
            r"\newcommand\st{\ifnum\currentgrouptype=16 \;\middle|\;\else\mid\fi}",
            r"\left\{a\st b\right\}\{a\st b\}",
            r"\left\{a\;\middle|\; b\right\}\{a\mid b\}",
        ),
        (r"\renewcommand{\theequation}{S\arabic{equation}}", r"\theequation", r"\theequation"),
        (r"\renewcommand{\theta}{\vartheta}", r"\theta", r"\vartheta"),
        # Arguments of known commands stay together, scripts take one token as in TeX.
        (r"\newcommand{\v}{ab}", r"\hat\v\frac\v2\sqrt[3]\v x^\v", r"\hat{ab}\frac{ab}2\sqrt[3]{ab} x^ab"),
        (r"\newcommand{\R}{\mathbb{R}}\newcommand{\g}{{ab}}", r"x^\R_\g", r"x^{\mathbb{R}}_{ab}"),
        (r"\newcommand{\b}{\mathbf}", r"\hat\b x^\b{y}", r"\hat{\mathbf{x}}^{\mathbf{y}}"),
        (r"\newcommand{\m}{\text{max}}", r"x_\m", r"x_{\text{max}}"),
        # Left alone.
        (r"\newcommand{\x}{y}", r"\verb|\x|\url{a\x}% \x", r"\verb|\x|\url{a\x}% \x"),
        (r"\newcommand{\x}{y}", r"\begin{verbatim}\x\end{verbatim}", r"\begin{verbatim}\x\end{verbatim}"),
        (r"\newcommand{\x}[1]{\ifnum#1>1 a\fi}", r"\x{2}", r"\x{2}"),
        (r"\newcommand{\x}[2]{#1}", r"\x{a", r"\x{a"),
        (r"\renewcommand{\section}[1]{#1}", r"\section{a}", r"\section{a}"),
        (r"\newtheorem{x}{X}", r"\begin{x}a\end{x}", r"\begin{x}a\end{x}"),
        (r"\newcommand{\x}{y}", r"\xx\xyz", r"\xx\xyz"),
    ],
)  # fmt: skip
def test_formula(definitions: str, latex: str, expected: str) -> None:
    assert expand_formula(latex, definitions) == expected


def expanded(text: str) -> str:
    return expand_all(SourceText.from_file("a.tex", text)).source.text


def test_definitions_hold_from_where_they_stand_and_in_their_group() -> None:
    assert expanded(r"\q\def\q{1}\q{\def\q{2}\q}\q{\gdef\q{3}}\q") == r"\q1{2}1{}3"
    assert expanded(r"\def\q{1}\begin{center}\def\q{2}\q\end{center}\q") == r"\begin{center}2\end{center}1"
    assert expanded(r"\AtBeginDocument{\def\q{2}}\q") == "2"
    assert expanded(r"\def\x{1}\edef\y{\x}\def\x{2}\y") == "1"


def test_mathchoice_follows_the_formula() -> None:
    text = r"\newcommand\m{\mathchoice{D}{T}{S}{SS}}"
    assert expanded(text + r"$\m$\[\m\]$$\m$$\begin{align}\m\end{align}\(\m\)") == (
        r"$T$\[D\]$$D$$\begin{align}D\end{align}\(T\)"
    )
    assert expand_formula(r"\m", text) == "T"
    assert expand_formula(r"\m", text, display=True) == "D"


def test_a_macro_that_defines_others_may_stand_before_the_class() -> None:
    text = (
        "\\def\\Describes#1 [#2 #3]\n  {\\def\\filename{#1}\\def\\filedate{#2}}\n"
        "\\Describes{kettle}\n      [2020/01/02 1.0]\n"
        "\\documentclass{article}\\begin{document}\\filename, \\filedate"
    )
    assert expanded(text).endswith("\\begin{document}kettle, 2020/01/02")


def test_text_mode_spaces_and_paragraphs() -> None:
    assert (
        expanded("\\newcommand{\\eg}{e.g.\\xspace}\n\\eg x \\eg, \\eg $y$ \\eg\\emph{z}")
        == "e.g. x e.g., e.g. $y$ e.g. \\emph{z}"
    )
    assert expanded("\\newcommand{\\x}{X}\\x y \\x{} y \\x\n\nz") == "Xy X{} y X\n\nz"
    assert expanded("a\n\\newcommand{\\x}{X}\nb") == "a\nb"


def test_switches_and_false_branches() -> None:
    text = r"\newif\ifdraft\drafttrue a\ifdraft b\else c\fi"
    text += r"\draftfalse\ifdraft d\ifx e\fi\else f\fi\iffalse g\fi h"
    assert expanded(text) == "ab" + "f" + "h"
    assert expanded(r"\ifpackage a\else b\fi") == r"\ifpackage a\else b\fi"


def test_spans_point_to_the_use() -> None:
    text = "\\newcommand{\\f}[1]{<#1\\g>}\\def\\g{!}\nab \\f{x} cd\n\\f{y}"
    source = expand_all(SourceText.from_file("a.tex", text)).source
    assert source.text == "\nab <x!> cd\n<y!>"
    at = source.text.index("x!")
    assert str(source.span(at, at + 2)) == "a.tex:2:4"
    assert source.span(at, at + 2).end_column == 4 + len("\\f{x}")
    assert str(source.span(source.text.index("cd"), len(source))) == "a.tex:2:10"
    assert source.span(0, len(source)).end_line == 3


@pytest.mark.parametrize(
    "text",
    [
        r"\def\a{\a\a}1\a2",
        r"\def\a{\a}1\a2",
        r"\def\a{x\b}\def\b{y\a}1\a2",
        r"\def\a#1{#1#1}1" + r"\a{" * 40 + "x" + "}" * 40 + "2",
        r"\newenvironment{a}{\begin{a}}{\end{a}}1\begin{a}\end{a}2",
        r"\newcommand{\vec}[1]{\vec{\vec{#1}}}1\vec{x}2",
    ],
)
def test_runaway_macros_are_reported_and_stay(text: str) -> None:
    begun = time.process_time()
    result = expand_all(SourceText.from_file("a.tex", text))
    assert time.process_time() - begun < 5
    assert any("was not expanded" in problem.message for problem in result.problems)
    assert result.source.text.startswith("1") and result.source.text.endswith("2")
    assert len(result.source) < 1000


@pytest.mark.parametrize(
    ("definition", "use"),
    [
        (r"\def\a{\a\a}", r"\a x"),
        (r"\newenvironment{e}{\begin{e}}{\end{e}}", r"\begin{e}x\end{e}"),
        (r"\newenvironment{e}{\begin{e}}{\end{e}}", r"\begin{e}"),
        (r"\newenvironment{e}[1]{\begin{e}{#1#1}}{}", r"\begin{e}x"),
    ],
)
def test_many_runaway_uses_are_cheap(definition: str, use: str) -> None:
    begun = time.process_time()
    assert expanded(definition + use * 5_000) == use * 5_000
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "piece",
    [
        "\\x[", "\\y{", "\\y", "\\newcommand{\\z}{", "\\def\\z", "\\z(", "\\begin{e}", "\\begin{q}",
        "\\end{q}", "{", "$", "\\iffalse", "\\ifx", "\\frac", "^", "\\verb|", "\\AtBeginDocument{",
        "\\ensuremath{", "\\newif\\ifa", "\\url{", "\\let\\x\\y", "{\\def\\x{", "{\\def\\x{}",
        "\\NewDocumentCommand",
    ],
)  # fmt: skip
def test_time_is_linear_in_bad_input(piece: str) -> None:
    text = (
        r"\newcommand\x[1][a]{x#1}\newcommand\y[1]{y}\def\z(#1){z}\newenvironment{e}{<}{>}" + piece * 10_000
    )
    begun = time.process_time()
    expanded(text)
    assert time.process_time() - begun < 5


def test_a_bad_macro_does_not_spoil_the_one_around_it() -> None:
    text = r"\makeatletter\def\bad{\@inner}\makeatother\newcommand{\good}[1]{<#1>}\good{a\bad b}\good{c}"
    assert expanded(text).endswith(r"<a\bad b><c>")


def test_packages_beside_the_main_file(tmp_path: Path) -> None:
    (tmp_path / "local.sty").write_text("\\newcommand{\\x}{\\@x!}\\def\\@x{X}\\newcommand{\\y}{\\@undefined}")
    (tmp_path / "own.cls").write_text("\\newcommand{\\cite}[1]{no}\\newcommand{\\z}{Z}")
    project = read_string("\\documentclass{own}\\usepackage{local}\\x\\y\\z\\cite{k}", root=tmp_path)
    assert expand_project(project).source.text.endswith("X!\\y Z\\cite{k}")


def test_specs_of_what_was_left() -> None:
    table = collect(r"\newcommand{\x}[2][a]{\ifnum1}\newenvironment{e}[1]{a}{b}")
    assert table.specs() == {"x": "[{"}
    assert table.environment_specs() == {"e": ("{", False)}
    assert MacroTable.from_latex("nothing { } \\newcommand{").specs() == {}


PIECES = [
    "\\newcommand{\\a}[1]{", "\\def\\a#1{", "\\def\\b{", "\\a", "\\b", "{", "}", "#1", "x", " ",
    "\n", "$", "^", "_", "%", "\\hat", "\\frac", "[", "]", "\\begin{e}", "\\end{e}",
    "\\newenvironment{e}{", "}{", "\\let\\a\\b", "\\ensuremath{", "\\ifmmode", "\\else", "\\fi",
    "\\iffalse", "\\newif\\ifz", "\\ztrue", "\\ifz", "\\text{", "\\verb|", "|", "\\xspace",
    "\\NewDocumentCommand\\b{s o m}{", "\\IfBooleanTF{", "\\DeclarePairedDelimiter\\a{(}{)}", "*",
    "\\AtBeginDocument{", "\\makeatletter", "\\@ifnextchar", "\\begingroup", "\\endgroup",
    "\\edef\\b{", "\\", "日",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=500, deadline=2000)
def test_anything_expands(text: str) -> None:
    source = SourceText.from_file("a.tex", text)
    result = expand_all(source)
    lines = text.split("\n")
    for start in range(0, len(result.source), 7):
        span = result.source.span(start, start + 1)
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
    expand_formula(text, text)


@given(st.text(alphabet="ab $^_&", max_size=40))
def test_text_without_macros_is_unchanged(text: str) -> None:
    assert expanded(text) == text
    assert expand_formula(text, r"\newcommand{\a}{x}") == text


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\newtoggle{a}\toggletrue{a}\iftoggle{a}{yes}{no}\togglefalse{a}\iftoggle{a}{y}{n}", "yesn"),
        (r"\newbool{a}\ifbool{a}{y}{n}\booltrue{a}\ifa on\else off\fi", "non"),
        (r"\newboolean{a}\setboolean{a}{true}\ifthenelse{\boolean{a}}{y}{n}\notbool{a}{y}{n}", "yn"),
        (r"\settoggle{a}{true}\nottoggle{a}{y}{n}", "n"),
        (r"\iftoggle{b}{y}{n}", r"\iftoggle{b}{y}{n}"),
    ],
)
def test_switches_that_are_named_in_an_argument(latex: str, text: str) -> None:
    assert expanded(latex) == text
