"""Algorithms, subfigures, boxes and theorems as authors declare them, Japanese, examples of linguists."""

from pathlib import Path

from typlora.convert.draft import draft
from typlora.tex.project import read_project, read_string

from .helpers import blocks, compile_error, drafted, typst


def test_algorithm2e() -> None:
    body = (
        "\\begin{algorithm}\\DontPrintSemicolon\\SetKwFunction{Main}{main}\\SetKwProg{Fn}{Function}{:}{}"
        "\\SetKwInOut{Output}{output}\\KwIn{a list}\\Output{sorted}start\\;\n"
        "\\While{$x$}{\\eIf{a}{b\\;}{c\\;}}\\For{$i$ \\KwTo $n$}{\\If(\\tcc*[f]{check}){$y$}{do \\tcp*{why}}}"
        "\\Switch{$s$}{\\Case{1}{one\\;}\\Other{more\\;}}\\Repeat{$z$}{r\\;}\\Fn{\\Main{$a$}}{\\KwRet $b$\\;}"
        "\\caption{All}\\label{alg}\\end{algorithm}\n\nSee \\ref{alg}."
    )
    lines = [
        "(0, [*Input:* a list], none)", "(0, [*output:* sorted], none)",
        "(0, [start])", "(0, [*while* $|x|$ *do*])",
        "(1, [*if* a *then*])", "(2, [b])", "(1, [*else*])", "(2, [c])", "(1, [*end*])", "(0, [*end*])",
        "(0, [*for* $|i|$ *to* $|n|$ *do*])",
        "(1, [*if* $|y|$ *then* /\\/ check])", "(2, [do /\\/ why])", "(0, [*switch* $|s|$ *do*])",
        "(1, [*case* 1 *do*])", "(2, [one])", "(1, [*otherwise* *do*])", "(2, [more])", "(0, [*repeat*])",
        "(1, [r])",
        "(0, [*until* $|z|$])", "(0, [*Function* `main`($|a|$)*:*])", "(1, [*return* $|b|$])",
    ]  # fmt: skip
    preamble = "\\usepackage[linesnumbered]{algorithm2e}"
    shown = " ".join(typst(body, preamble).split())
    place = 0
    for line in lines:
        found = shown.find(line, place)
        assert found >= 0, (line, shown[place:])
        place = found
    assert "numbered: true" in shown and "caption: [All]" in shown and "See @alg." in shown
    made = drafted(body, preamble)
    assert compile_error(made) == "" and not made.losses


def test_lines_of_algorithms_have_latex_numbers() -> None:
    """Input and output, comments of their own, and ``\\Statex`` do not count; labels point to lines."""
    shown = typst(
        "\\begin{algorithm}\\caption{A}\\label{a}\\begin{algorithmic}[1]\\Require $x$\\State one\\Statex none"
        "\\While{$y$}\\label{w}\\State two\\label{two}\\EndWhile\\Function{F}{}\\State"
        " \\Return z\\EndFunction\\end{algorithmic}\\end{algorithm}"
        "\n\nLines \\ref{w}, \\cref{two} of \\ref{a}.",
        "\\usepackage[noend]{algpseudocode}\\algrenewcommand\\algorithmicrequire{\\textbf{Input:}}",
    )
    assert "(0, [*Input:* $|x|$], none)" in shown and "(0, [none], none)" in shown
    assert (
        "(0, [*while* $|y|$ *do* #metadata(none) <w>])" in shown
        and "(1, [two #metadata(none) <two>])" in shown
    )
    assert "(0, [*function* #smallcaps[F]])" in shown and "end" not in shown.split("two")[1].split("See")[0]
    assert shown.endswith("Lines #link(<w>)[2], line~#link(<two>)[3] of @a.")


def test_lines_of_algorithm2e_have_latex_numbers() -> None:
    shown = typst(
        "\\begin{algorithm}\\KwIn{a}\\caption{A}\\label{a}x\\tcp*{why}\\tcc{alone}\\If{b}{\\label{b}\\lIf{c}{d}}"
        "\\uIf{e}{f\\;}\\Else{g\\;}\\end{algorithm}\n\nLine \\ref{b} of \\ref{a}.",
        "\\usepackage[ruled,linesnumbered]{algorithm2e}",
    )
    lines = ["(0, [x; /\\/ why])", "(0, [/\\/ alone], none)", "(0, [*if* b *then* #metadata(none) <b>])",
             "(1, [*if* c *then* d;])", "(0, [*end*])", "(0, [*if* e *then*])", "(1, [f;])", "(0, [*else*])",
             "(1, [g;])", "(0, [*end*])"]  # fmt: skip
    assert [line for line in lines if line not in shown] == []
    assert shown.count("*end*") == 2 and shown.endswith("Line #link(<b>)[2] of @a.")


def test_statements_of_algorithmic_in_capitals() -> None:
    shown = typst(
        "\\begin{algorithmic}\\STATE a \\COMMENT{b}\\PRINT c\n\\RETURN $d$\\end{algorithmic}",
        "\\usepackage{algorithmic}",
    )
    assert "(0, [a {b}])" in shown and "(0, [*print* c])" in shown and "(0, [*return* $|d|$])" in shown


def test_subfigures_have_letters_and_references() -> None:
    body = (
        "\\begin{figure}\\begin{subfigure}{.5\\textwidth}\\includegraphics{a}\\caption{L $x$}\\label{l}"
        "\\end{subfigure}\\begin{subfigure}{.5\\textwidth}\\includegraphics{b}\\caption{R}"
        "\\label{r}\\end{subfigure}"
        "\\caption{Both}\\label{f}\\end{figure}\n\n\\ref{f}, \\ref{l}, \\subref{r}."
    )
    shown = typst(body)
    assert '#subfigure(width: 50%, missing-image("a"), caption: [L $|x|$]) <l>' in shown
    assert shown.endswith("@f, #link(<l>)[1a], #link(<r>)[b].")
    made = drafted(body)
    assert compile_error(made) == ""
    assert "supplement: []" in made.preamble  # without one Typst leaves the letter out too


def test_subfloats() -> None:
    shown = typst(
        "\\begin{figure}\\subfloat[One]{\\includegraphics{a}}\\subfloat[Two]{x}\\caption{C}\\end{figure}"
    )
    assert "caption: [One])" in shown and "caption: [Two])" in shown and "caption: [C]" in shown


def test_declared_boxes_and_lists() -> None:
    preamble = (
        "\\usepackage{tcolorbox,enumitem,mdframed}\\newtcolorbox{warn}[2][]{colback=red,title=#2,#1}"
        "\\newmdenv[linewidth=1pt]{marked}\\newlist{steps}{enumerate}{1}"
        "\\setlist[steps]{label=Step \\arabic*:}"
    )
    body = (
        "\\begin{warn}{Mind}One.\\tcblower Two.\\end{warn}\\begin{marked}Three.\\end{marked}"
        "\\begin{steps}\\item a\\item b\\end{steps}"
    )
    made = drafted(body, preamble)
    shown = typst(body, preamble)
    assert compile_error(made) == "" and not made.losses
    assert "*Mind*\n\n  One.\n\n  #line(length: 100%, stroke: 0.5pt)\n\n  Two." in shown
    assert "Three." in shown and "Step 1:" in shown


def test_fonts_of_an_environment_end_with_it() -> None:
    preamble = "\\newenvironment{note}[1][Note]{\\par\\textbf{#1:} \\itshape}{\\par}"
    shown = typst("\\begin{note}a\\end{note}\\begin{note}[Mind]b\\end{note}after", preamble)
    assert shown == "*Note:* _a_\n\n*Mind:* _b_\n\nafter"


def test_theorems_within_theorems() -> None:
    preamble = (
        "\\newtheorem{thm}{Theorem}[section]\\newtheorem{cor}{Corollary}[thm]"
        "\\newtheoremstyle{mine}{}{}{\\itshape}{}{\\bfseries}{}{ }{}\\theoremstyle{mine}"
        "\\newtheorem{big}{Big}"
        "\\renewcommand{\\qedsymbol}{$\\blacksquare$}"
    )
    body = (
        "\\section{S}\\begin{thm}a\\end{thm}\\begin{cor}\\label{c}b\\end{cor}\\begin{big}x\\end{big}"
        "\\begin{proof}p\\end{proof} \\ref{c} \\cref{c}"
    )
    made = drafted(body, preamble)
    assert compile_error(made) == "" and not made.losses
    assert "numbered-below(n, " in made.preamble and "square.filled" in made.preamble
    assert 'theorem-like("Big", kind: "theorem-big", italic: true)' in made.preamble


def test_listings_from_files_have_captions(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("x = 1\n")
    (tmp_path / "main.tex").write_text(
        "\\documentclass{article}\\begin{document}\\lstinputlisting[language=Python,caption={A file},"
        "label=l]{code.py} See \\ref{l}.\\end{document}"
    )
    shown = "\n\n".join(blocks(draft(read_project(tmp_path / "main.tex"))))
    assert "```python\n  x = 1\n  ```" in shown and "caption: [A file]" in shown and "See @l." in shown


def test_japanese() -> None:
    head = "\\documentclass{%s}\\begin{document}%s\\end{document}"
    made = draft(
        read_string(head % ("jlreq", "\\ruby{東|京}{とう|きょう}と\\ruby{漢字}{かんじ}、\\kenten{点}。"))
    )
    assert "".join(blocks(made)) == "#ruby[東][とう]#ruby[京][きょう]と#ruby[漢字][かんじ]、*点*。"
    assert compile_error(made) == "" and 'lang: "ja"' in made.preamble and not made.losses
    made = draft(read_string(head % ("utarticle", "縦書きの\n文章。\\rensuji{12}月")))
    assert "".join(blocks(made)) == "縦書きの文章。12月"
    assert ["vertical writing" in loss.reason for loss in made.losses] == [True]


def test_examples_of_linguists() -> None:
    body = (
        "\\begin{exe}\\ex\\label{e} One.\\ex[*]{Bad.}\\ex \\gll Wir sind\\\\ we are\\\\\n\\glt `We are.'"
        "\\begin{xlist}\\ex a\\ex b\\end{xlist}\\end{exe} See (\\ref{e})."
    )
    shown = typst(body, "\\usepackage{gb4e}")
    assert "#labelled-item[(1)][One. " in shown and "#labelled-item[(2)][\\*Bad.]" in shown
    assert "[Wir], [sind]," in shown and "[we], [are]," in shown and "‘We are.’" in shown
    assert "#labelled-item[b.][b]" in shown and "See (#link(<e>)[1])." in shown
    assert compile_error(drafted(body, "\\usepackage{gb4e}")) == ""


def test_single_quotes() -> None:
    assert typst("He said `yes' and `No.' to the cats' tail, don't") == (
        "He said ‘yes' and ‘No.’ to the cats' tail, don't"
    )


def test_ranges_and_lists_of_references() -> None:
    body = "\\begin{align}a\\label{a}\\\\b\\label{b}\\\\c\\label{c}\\\\d\\label{d}\\end{align}\n\n"
    assert typst(body + "\\crefrange{a}{c}").endswith("eqs.~(@a) to (@c)")
    assert typst(body + "\\cref{a,b,d}").endswith("eqs.~(@a), (@b) and (@d)")


def test_listings_as_authors_declare_them() -> None:
    preamble = "\\usepackage{listings}\\lstnewenvironment{cpp}[1][]{\\lstset{language=C++,#1}}{}"
    shown = typst(
        "\\begin{cpp}[caption={Sum of $n$},label=c]\nint f() { return 0; }\n\\end{cpp}\nSee \\ref{c}.",
        preamble,
    )
    assert (
        "```cpp\n  int f() { return 0; }\n  ```,\n  caption: [Sum of $|n|$]" in shown and "See @c." in shown
    )


def test_boxes_with_titles_and_colours() -> None:
    preamble = (
        "\\usepackage{tcolorbox}\\newtcolorbox{note}[2][]{fonttitle=\\bfseries,colback=red!5!white,title=#2,#1}"
        "\\newtcbtheorem{res}{Result}{colback=white}{r}"
    )
    body = "\\begin{note}{On $x$}Words.\\end{note}\\begin{res}{Name}{one}More.\\end{res} See \\ref{r:one}."
    shown = typst(body, preamble)
    assert "#block(fill: color.mix((red, 5%), (white, 95%)), stroke: 0.5pt" in shown and "*On $|x|$*" in shown
    assert "See @r:one." in shown
    assert compile_error(drafted(body, preamble)) == ""
