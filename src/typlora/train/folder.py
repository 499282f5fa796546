"""The folder of a run while it is trained: made once, never taken from another run."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typlora.convert.lock import output_lock
from typlora.errors import InputError
from typlora.model.runs import RunRecord, read_record, write_record
from typlora.train.checkpoint import checkpoints
from typlora.train.parallel import leads


@contextmanager
def alone(run: Path) -> Iterator[None]:
    """Two trainings in one folder would take each other's record and checkpoints for their own."""
    if not leads():  # the first process of a team holds it for all
        yield
        return
    with output_lock(run):
        yield


def found(out: Path, record: RunRecord, base: Path) -> None:
    """Make the run folder with its record. An adapter is read with its base's tokenizer: no copy of it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_record(out, record)
        needed = () if record.config.get("method") == "lora" else ("tokenizer.json", "tokenizer_config.json")
        for name in needed:
            if (base / name).is_file():
                shutil.copy2(base / name, out / name)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror or error}") from error


def holds_a_run(out: Path) -> bool:
    """A record alone is what a start that failed at once leaves: nothing is lost with it."""
    return (out / "run.json").exists() and (
        bool(checkpoints(out)) or (out / "log.jsonl").exists() or read_record(out).status != "running"
    )
