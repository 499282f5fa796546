"""Formulas of documents that load packages with commands of their own."""

import pytest

from typlora.convert.draft import draft
from typlora.tex.project import read_string


def formulas(preamble: str, text: str) -> list[str]:
    source = rf"\documentclass{{article}}{preamble}\begin{{document}}{text}\end{{document}}"
    return [unit.latex for unit in draft(read_string(source)).formulas]


def test_the_package_says_what_its_command_means() -> None:
    loaded = r"\usepackage{physics}\newcommand{\pos}{\vb{r}}"
    assert formulas(loaded, r"$\dv{\pos}{t}$") == [r"\frac{\mathrm{d} \mathbf{r}}{\mathrm{d} t}"]
    assert formulas("", r"$a\div b$") == [r"a\div b"]


@pytest.mark.parametrize("order", [r"\usepackage{physics,siunitx}", r"\usepackage{siunitx,physics}"])
def test_quantities_of_both_packages(order: str) -> None:
    body = r"\begin{document}\qty{5}{\meter} $\qty(x)$\end{document}"
    made = draft(read_string(r"\documentclass{article}" + order + body))
    assert [unit.latex for unit in made.formulas] == [r"\left(x\right)"]
    assert any("5" in str(part) for block in made.blocks for part in block.parts)
    assert not made.losses
