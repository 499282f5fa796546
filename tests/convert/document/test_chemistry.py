"""mhchem as mathematics."""

import pytest

from typlora.convert.document.chemistry import chemistry_latex

from .helpers import typst


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (
            "2H2 + O2 -> 2H2O",
            r"2\,\mathrm{H}_{2} + \mathrm{O}_{2} \longrightarrow 2\,\mathrm{H}_{2}\mathrm{O}",
        ),
        (
            "H2SO4 <=> 2H+ + SO4^2-",
            r"\mathrm{H}_{2}\mathrm{SO}_{4} \rightleftharpoons 2\,\mathrm{H}^{+} + \mathrm{SO}_{4}^{2-}",
        ),
        ("^{227}_{90}Th+", r"{}^{227}_{90}\mathrm{Th}^{+}"),
        (
            "C ->[$\\Delta$][cat] 2CO ^",
            r"\mathrm{C} \xrightarrow[\mathrm{cat}]{\Delta} 2\,\mathrm{CO} \uparrow",
        ),
        ("CuSO4.5H2O", r"\mathrm{CuSO}_{4} \cdot 5\,\mathrm{H}_{2}\mathrm{O}"),
        ("(NH4)2S", r"(\mathrm{NH}_{4})_{2}\mathrm{S}"),
        ("1/2H2", r"\tfrac{1}{2}\,\mathrm{H}_{2}"),
        ("A\\bond{#}B-C", r"\mathrm{A}{\equiv}\mathrm{B}{-}\mathrm{C}"),
        ("[AgCl2]-", r"[\mathrm{AgCl}_{2}]^{-}"),
        ("Fe^{II}", r"\mathrm{Fe}^{\mathrm{II}}"),
    ],
)
def test_a_reaction_is_a_formula(latex: str, expected: str) -> None:
    assert chemistry_latex(latex) == expected


def test_reactions_are_displays_with_numbers() -> None:
    assert typst(
        "\\[ \\ce{H2O} \\]\\begin{equation}\\ce{CO2}\\label{a}\\end{equation}\\ref{a} $x\\ce{O2}$"
    ) == (
        "#unnumbered($ |\\mathrm{H}_{2}\\mathrm{O}| $)\n$ |\\mathrm{CO}_{2}| $ <a>\n@a $|x\\mathrm{O}_{2}|$"
    )
