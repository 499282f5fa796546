"""Rule engine: pandoc as an external process, one process for a whole batch.

Pandoc is GPL, so it is only ever run, never linked. A batch travels as pandoc's own JSON document with
one ``Math`` element a formula, which keeps inline and display apart and needs no LaTeX escaping; raw
Typst blocks with a number stand between the formulas, so that each answer is found again whatever
its neighbours look like. A formula that pandoc cannot read comes back as escaped text and is told by
its missing dollars. A batch that dies or takes too long is halved until the culprit stands alone.
"""

import json
import re
import subprocess
import time
from collections.abc import Sequence
from importlib import metadata

from typlora.engines.base import Candidate
from typlora.engines.prepare import LEAKS, prepare, rules_version
from typlora.engines.renames import modernise
from typlora.errors import EngineError
from typlora.tex.unit import Unit, UnitKind

NAME = "rules:pandoc"
BATCH = 4000  # formulas a process: the start (60 ms) no longer counts, memory stays under 300 MB
SECONDS_START = 10.0
SECONDS_FORMULA = 0.05  # measured 0.0002; a batch that exceeds this by far hangs
_MARK = "// @typlora {}@"
_FIND = re.compile(r"^// @typlora (\d+)@$", re.MULTILINE)


class PandocEngine:
    """Proposes for formulas only. ``executable`` defaults to the one that pypandoc_binary carries."""

    name = NAME

    def __init__(self, executable: str | None = None) -> None:
        self._executable = executable or _bundled()

    @property
    def fingerprint(self) -> str:
        return f"{NAME}/{metadata.version('pypandoc_binary')}/{rules_version()}"

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]:
        start = time.perf_counter()
        prepared = [prepare(u.latex, u.display) if u.kind is UnitKind.FORMULA else None for u in units]
        asked = [index for index, one in enumerate(prepared) if one is not None]
        answers: dict[int, str] = {}
        for first in range(0, len(asked), BATCH):
            part = asked[first : first + BATCH]
            formulas = [(one.latex, units[index].display) for index in part if (one := prepared[index])]
            for index, typst in zip(part, self._run(formulas), strict=True):
                one = prepared[index]
                if typst is None or one is None or any(leak in typst for leak in LEAKS):
                    continue
                if (restored := one.restore(modernise(typst))) is not None:
                    answers[index] = restored
        share = (time.perf_counter() - start) / max(len(units), 1)
        return [Candidate(answers[i], NAME, share) if i in answers else None for i in range(len(units))]

    def close(self) -> None:
        return None

    def _run(self, formulas: list[tuple[str, bool]]) -> list[str | None]:
        output = self._pandoc(formulas)
        if output is not None:
            return _cut(output, len(formulas))
        if len(formulas) == 1:
            return [None]
        middle = len(formulas) // 2
        return self._run(formulas[:middle]) + self._run(formulas[middle:])

    def _pandoc(self, formulas: list[tuple[str, bool]]) -> str | None:
        blocks: list[object] = []
        for index, (latex, display) in enumerate(formulas):
            kind = {"t": "DisplayMath" if display else "InlineMath"}
            blocks.append({"t": "RawBlock", "c": ["typst", _MARK.format(index)]})
            blocks.append({"t": "Para", "c": [{"t": "Math", "c": [kind, latex]}]})
        document = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks}
        command = [self._executable, "--sandbox", "-f", "json", "-t", "typst", "--wrap=none", "--quiet"]
        command += ["+RTS", "-M2g", "-RTS"]
        try:
            done = subprocess.run(
                command,
                input=json.dumps(document).encode(),
                capture_output=True,
                timeout=SECONDS_START + SECONDS_FORMULA * len(formulas),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        except OSError as error:
            raise EngineError(
                f"cannot run pandoc at {self._executable}: {error.strerror}; "
                "reinstall pypandoc_binary or leave the engine out"
            ) from None
        return done.stdout.decode(errors="replace") if done.returncode == 0 else None


def _cut(output: str, count: int) -> list[str | None]:
    """The answer for each of ``count`` formulas; ``None`` where it is not one equation."""
    found: list[str | None] = [None] * count
    parts = _FIND.split(output)
    for number, text in zip(parts[1::2], parts[2::2], strict=True):
        typst = text.strip()
        if len(typst) > 1 and typst[0] == typst[-1] == "$":
            found[int(number)] = typst[1:-1].strip()
    return found


def _bundled() -> str:
    import pypandoc

    try:
        return str(pypandoc.get_pandoc_path())
    except OSError:
        raise EngineError("pandoc is missing; install it with: pip install pypandoc_binary") from None
