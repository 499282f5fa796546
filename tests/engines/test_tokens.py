"""Token lists: lossless where they claim it."""

from hypothesis import given
from hypothesis import strategies as st

from typlora.engines import latex_text, latex_tokens, lengths, renames, typst_tokens


@given(st.text(max_size=60))
def test_latex_tokens_are_stable(text: str) -> None:
    tokens = latex_tokens.split(text)
    assert latex_tokens.split(latex_tokens.join(tokens)) == tokens


@given(st.text(alphabet='ab.c"\\#[](){}_^&;, 12/*\n', max_size=60))
def test_typst_tokens_join_to_their_source(text: str) -> None:
    assert typst_tokens.join(typst_tokens.split(text)) == text


def test_renames_know_whole_names_modifiers_and_strings() -> None:
    assert renames.modernise("a sect b times.circle.big c angle.l x angle.r") == (
        "a inter b times.o.big c chevron.l x chevron.r"
    )
    assert renames.modernise('"sect" #text[diff] insect diffx circle(a)') == (
        '"sect" #text[diff] insect diffx circle(a)'
    )


def test_text_pieces() -> None:
    pieces = latex_text.read(latex_tokens.split(r"for \textbf{all} $x$ --- na\"{\i}ve"))
    assert pieces == [
        latex_text.Words("for "),
        latex_text.Words("all", "bold"),
        latex_text.Words(" "),
        latex_text.Maths(("x",)),
        latex_text.Words(" — naïve"),
    ]
    assert latex_text.read(latex_tokens.split(r"see \ref{x}")) is None


def test_lengths() -> None:
    assert lengths.typst("2.5ex") == "1.125em"
    assert lengths.typst("18mu") == "1em"
    assert lengths.typst("0pt") == ""
    assert lengths.typst("\\fill") is None
    assert lengths.read(latex_tokens.split("3pt plus 1pt x"), 0) == ("3pt", len("3pt plus 1pt "))
