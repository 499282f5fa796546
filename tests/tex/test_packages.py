"""Commands of packages: what they become, when they are guessed, and that nobody else's are touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typlora.tex.macros import expand_formula, expand_project
from typlora.tex.packages import PACKAGES, table_of
from typlora.tex.project import read_string
from typlora.verify.formula import reference

MEANT = [
    (r"\dv{x}", r"\frac{\mathrm{d}}{\mathrm{d} x}"),
    (r"\dv{f}{x}", r"\frac{\mathrm{d} f}{\mathrm{d} x}"),
    (r"\dv[2]{f}{x}", r"\frac{\mathrm{d}^{2} f}{\mathrm{d} x^{2}}"),
    (r"\dv[]{f}{x}", r"\frac{\mathrm{d} f}{\mathrm{d} x}"),
    (r"\dv*{f}{x}", r"\mathrm{d} f/\mathrm{d} x"),
    (r"\pdv{f}{x}{y}", r"\frac{\partial^2 f}{\partial x\partial y}"),
    (r"\dd[3]{x}", r"\,\mathrm{d}^{3}x"),
    (r"\ket0\bra{\psi}", r"\left\lvert 0\right\rangle\left\langle \psi\right\rvert"),
    (r"\ket*{x}", r"\lvert x\rangle"),
    (r"\braket{a}{b}", r"\left\langle a\middle\vert b\right\rangle"),
    (r"\braket{a|b}", r"\left\langle a|b\right\rangle"),
    (r"\expval{A}{x}", r"\left\langle x\middle\vert A\middle\vert x\right\rangle"),
    (r"\qty(a(b)c)d", r"\left(a(b)c\right)d"),
    (r"\qty\Big[x][y]", r"\Bigl[x\Bigr][y]"),
    (r"\qty|x|", r"\left\lvert x\right\rvert"),
    (r"\mqty(a & b \\ c & d)", r"\begin{pmatrix}a & b \\ c & d\end{pmatrix}"),
    (r"\abs{x}+\norm*{y}", r"\left\lvert x\right\rvert+\lVert y\rVert"),
    (r"\vb x+\vb*{\mu}+\vu{n}", r"\mathbf{x}+\boldsymbol{\mu}+\hat{\mathbf{n}}"),
    (r"\eval{f}_0^1", r"\left.f\right\rvert_0^1"),
    (r"T\indices{^a_b^c}^2", r"T{}^{a}{}_{b}{}^{c}^2"),
    (r"\tensor[_c]{T}{^a_b}", r"{}_{c}T{}^{a}{}_{b}"),
    (r"\odif{x,y}", r"\,\mathrm{d}x\,\mathrm{d}y"),
    (r"\sfrac{1}{2}", r"{}^{1}\!/{}_{2}"),
    (r"\mleft(x\mright)", r"\left(x\right)"),
    (r"\varlimsup_n a_n", r"\mathop{\overline{\mathrm{lim}}}_n a_n"),
]


@pytest.mark.parametrize(("latex", "wanted"), MEANT)
def test_commands_nobody_defines_are_those_of_packages(latex: str, wanted: str) -> None:
    assert expand_formula(latex, "") == wanted
    assert expand_formula(latex, "", packages=False) == latex


@pytest.mark.parametrize("latex", [latex for latex, _ in MEANT if "indices" not in latex])
def test_the_verifier_reads_what_comes_out(latex: str) -> None:
    assert reference(expand_formula(latex, ""), True)[0] is not None


@pytest.mark.parametrize(
    "latex",
    [
        r"\norm[0,1]",  # a distribution of somebody's, not the package's norm
        r"\qty{5}{m}",  # siunitx
        r"a\div b",  # physics changes it, but nobody loaded physics
        r"\Re z",
        r"\comm A",
        r"\ketamine",
    ],
)
def test_others_commands_stay(latex: str) -> None:
    assert expand_formula(latex, "") == latex


def test_the_authors_own_definition_wins_and_may_use_a_package() -> None:
    assert expand_formula(r"\abs{x}", r"\newcommand{\abs}[1]{A(#1)}") == "A(x)"
    macros = r"\newcommand{\ddt}[1]{\dv{#1}{t}}"
    assert expand_formula(r"\ddt{f}", macros) == r"\frac{\mathrm{d} f}{\mathrm{d} t}"


def body(preamble: str, text: str) -> str:
    source = rf"\documentclass{{article}}{preamble}\begin{{document}}{text}\end{{document}}"
    expanded = expand_project(read_string(source)).source.text
    return expanded.partition(r"\begin{document}")[2].removesuffix(r"\end{document}")


def test_a_document_gets_what_it_loads_and_nothing_else() -> None:
    physics = r"\usepackage{amsmath,physics}"
    assert body(physics, r"$\div E=\Re\abs{x}$") == (
        r"$\boldsymbol{\nabla}\boldsymbol{\cdot} E=\operatorname{Re}\left\lvert x\right\rvert$"
    )
    assert body("", r"$a\div\abs{x}$") == r"$a\div\abs{x}$"
    assert body(physics + r"\renewcommand{\abs}[1]{|#1|}", r"$\abs{x}$") == "$|x|$"
    assert body(r"\usepackage{braket}", r"$\ket{x}\Set{a|b}$") == (r"$\lvert x\rangle\left\{\,a|b\,\right\}$")
    both = physics + r"\usepackage{siunitx}"
    assert body(both, r"$\qty{5}{\meter}\qty{x}\qty(y)$") == r"$\SI{5}{\meter}\left\{x\right\}\left(y\right)$"
    assert body(r"\usepackage{textgreek}", r"\textalpha-helix") == "α-helix"
    assert body(r"\usepackage{interval}", r"$\interval[open]{a}{b}\interval{a}{b}$") == "$]a,b[[a,b]$"


def test_what_cannot_be_expressed_stays_in_the_text() -> None:
    assert body(r"\usepackage{physics}", r"$\xmat{x}{2}{2}+\qty+1$") == r"$\xmat{x}{2}{2}+\qty+1$"


@pytest.mark.parametrize("name", PACKAGES)
def test_every_definition_is_one_the_expander_can_use(name: str) -> None:
    macros = table_of([name]).definitions
    assert macros
    assert not [name for name, macro in macros.items() if macro.machinery]


COMMANDS = sorted({name for text in PACKAGES for name in table_of([text]).definitions if "@" not in name})


@given(
    st.lists(st.sampled_from([*("\\" + name for name in COMMANDS), *"{}[]()|^_&*x2 ", "\\\\"]), max_size=25)
)
def test_any_sequence_is_expanded_within_bounds(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert isinstance(expand_formula(text, ""), str)
    assert "@" not in expand_formula(text, "")
    assert "@" not in body(r"\usepackage{physics,tensor,derivative,commath}", f"${text}$")
