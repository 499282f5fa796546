"""Drafts with trivial formulas, and whether they compile."""

from functools import cache
from typing import Any

from typlora.convert.draft import Draft, draft, write_formula
from typlora.tex.project import read_string

MINIMAL = "\\documentclass{article}\n%s\n\\begin{document}\n%s\n\\end{document}\n"


def drafted(body: str, preamble: str = "") -> Draft:
    """The draft of a small article."""
    return draft(read_string(MINIMAL % (preamble, body)))


def blocks(made: Draft) -> list[str]:
    """Typst of each block, formulas as their LaTeX in bars."""
    return [
        "".join(
            part
            if isinstance(part, str)
            else write_formula(made.formulas[part.formula], _marked(made, part.formula), part)
            for part in block.parts
        )
        for block in made.blocks
    ]


def typst(body: str, preamble: str = "") -> str:
    """All blocks of a body, a blank line between."""
    return "\n\n".join(blocks(drafted(body, preamble)))


def _marked(made: Draft, index: int) -> str:
    return f"|{made.formulas[index].latex}|"


def whole(made: Draft, formula: str = "x") -> str:
    """The document with every formula replaced by one that compiles."""
    parts = [made.preamble]
    for block in made.blocks:
        parts.append(
            "".join(
                part if isinstance(part, str) else write_formula(made.formulas[part.formula], formula, part)
                for part in block.parts
            )
        )
    return "\n\n".join(parts) + "\n"


@cache
def _compiler() -> Any:
    import typst as compiler

    return compiler


def compile_error(made: Draft, formula: str = "x") -> str:
    """The compiler's message, empty where it compiles; assets are not there, so pictures must be missing."""
    try:
        _compiler().compile(whole(made, formula).encode(), format="pdf")
    except _compiler().TypstError as error:
        return f"{error.message}\n{error.diagnostic}"
    return ""
