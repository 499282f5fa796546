"""siunitx with its settings, and mhchem."""

import pytest

from .helpers import compile_error, drafted, typst


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\SI{3e8}{\metre\per\second}", "3 × 10⁸ m s⁻¹"),
        (r"\qty[per-mode=symbol]{9.8}{\metre\per\second\squared}", "9.8 m/s²"),
        (r"\unit[per-mode=symbol]{\joule\per\mole\per\kelvin}", "J/(mol K)"),
        (r"\si{\square\metre\per\cubic\second}", "m² s⁻³"),
        (r"\num[separate-uncertainty]{1.23(4)}, \num{1.23(4)}", "1.23 ± 0.04, 1.23(4)"),
        (r"\qty[separate-uncertainty=true]{1.5(2)}{\GHz}", "(1.5 ± 0.2) GHz"),
        (r"\num[output-decimal-marker={,}]{12345.6}", "12 345,6"),
        (r"\num[round-mode=places,round-precision=2]{3.14159}, \num{.5}, \num{+2}", "3.14, 0.5, 2"),
        (r"\num[exponent-product=\cdot]{1e5}", "1 · 10⁵"),
        (r"\qtyrange[range-phrase=--,range-units=single]{1}{2}{\kg}", "1–2 kg"),
        (r"\qtyproduct{2 x 3}{\metre}, \numproduct{2 x 3}, \complexnum{1-2i}", "2 m × 3 m, 2 × 3, 1 − 2i"),
    ],
)
def test_siunitx(latex: str, expected: str) -> None:
    assert typst(latex).replace("\u202f", " ") == expected


def test_settings_and_units_of_the_author() -> None:
    preamble = r"\sisetup{per-mode=symbol, output-decimal-marker={,}}\DeclareSIUnit{\year}{yr}"
    assert typst(r"\qty{1.5}{\km\per\year}", preamble).replace("\u202f", " ") == "1,5 km/yr"


def test_reactions() -> None:
    body = r"\ce{CuSO4.5H2O}, \ce{CH3-OH}, \ce{A <=>[k_1][k_2] B}, \ce{^{14}_{6}C}"
    text = typst(body).replace("\u202f", " ")
    assert "CuSO#sub[4] · 5H#sub[2]O, CH#sub[3]–OH" in text
    assert "k}_{1}" in text and "k}_{2}" in text and text.endswith("C")
    assert compile_error(drafted(body)) == ""
