"""Rule engine: tylax, in this process, about 0.02 ms a formula."""

import time
from collections.abc import Sequence
from importlib import metadata

from typlora.engines.base import Candidate
from typlora.engines.marks import FIRST, LAST
from typlora.engines.prepare import LEAKS, prepare, rules_version
from typlora.engines.renames import modernise
from typlora.tex.unit import Unit, UnitKind

NAME = "rules:tylax"
_BLANK = " \t\r\n"  # Python's own strip takes some marks below for blanks
_TURN = "".join(chr(code) for code in (*range(1, 9), *range(14, 30)))  # 30 and 31 mean something to tylax


class TylaxEngine:
    """Proposes for formulas only. Its work is the plain function ``convert``, fit for worker processes."""

    name = NAME

    @property
    def fingerprint(self) -> str:
        return f"{NAME}/{metadata.version('tylax')}/{rules_version()}"

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]:
        found: list[Candidate | None] = []
        for unit in units:
            start = time.perf_counter()
            typst = convert(unit.latex, unit.display) if unit.kind is UnitKind.FORMULA else None
            found.append(None if typst is None else Candidate(typst, NAME, time.perf_counter() - start))
        return found

    def close(self) -> None:
        return None


def convert(latex: str, display: bool) -> str | None:
    """Typst for one macro-expanded formula, without dollars; ``None`` where tylax fails or leaks LaTeX."""
    prepared = prepare(latex, display)
    if prepared is None:
        return None
    ascii_only, order = _to_ascii(prepared.latex)
    raw = _run(ascii_only)
    if raw is None or any(leak in raw for leak in LEAKS):
        return None
    marked = _from_ascii(raw, order)
    return None if marked is None else prepared.restore(modernise(marked))


def _to_ascii(latex: str) -> tuple[str, str]:
    """The formula with ASCII control characters for marks, taken in turn; and the marks in order.

    tylax counts bytes for characters in places and cuts names in two (``th eta``) behind longer ones.
    """
    out: list[str] = []
    order: list[str] = []
    for char in latex:
        if FIRST <= ord(char) <= LAST:
            out.append(_TURN[len(order) % len(_TURN)])
            order.append(char)
        else:
            out.append(char)
    return "".join(out), "".join(order)


def _from_ascii(typst: str, order: str) -> str | None:
    """Marks again; ``None`` when they do not come in turn, so that one is lost or moved."""
    out: list[str] = []
    seen = 0
    for char in typst:
        if char in _TURN:
            if seen >= len(order) or char != _TURN[seen % len(_TURN)]:
                return None
            char, seen = order[seen], seen + 1
        out.append(char)
    return "".join(out)


def _run(latex: str) -> str | None:
    import tylax

    try:
        # Slashes bring a bug with them: `\frac{1}{n}\sum` becomes `1/nsum`.
        options = tylax.L2TOptions(frac_to_slash=False, expand_macros=False)
        typst = str(tylax.latex_to_typst(latex, options=options)).strip(_BLANK)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a Rust panic arrives as pyo3's PanicException, which is no Exception
        return None
    wrapper = "#math.equation(block: true, numbering: none)["
    if typst.startswith(wrapper):
        typst = typst[len(wrapper) :].removesuffix("]").strip(_BLANK)
    if len(typst) > 1 and typst[0] == typst[-1] == "$":
        typst = typst[1:-1].strip(_BLANK)
    return typst
