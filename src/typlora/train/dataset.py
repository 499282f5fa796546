"""Rows of data files as token sequences: what fits is kept whole, what does not is dropped and counted."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from typlora.data.repairs import encode_row
from typlora.data.rows import Row, read_rows
from typlora.errors import DataError
from typlora.model.prompt import Encoded, PromptEncoder
from typlora.model.runs import DataFile


@dataclass(frozen=True, slots=True)
class Dataset:
    """Encoded rows in file order, and what was left out."""

    rows: tuple[Encoded, ...]
    dropped_long: int
    dropped_duplicate: int

    @property
    def completion_tokens(self) -> int:
        return sum(row.completion_length for row in self.rows)

    def summary(self) -> str:
        tokens = sum(len(row.input_ids) for row in self.rows)
        return (
            f"{len(self.rows)} rows, {tokens} tokens ({self.completion_tokens} of completions); dropped: "
            f"{self.dropped_long} too long, {self.dropped_duplicate} duplicates"
        )


def load_rows(paths: Sequence[Path]) -> tuple[list[Row], list[DataFile]]:
    """All rows of all files; ``DataError`` names the file (and line) that cannot be used."""
    rows: list[Row] = []
    files: list[DataFile] = []
    for path in paths:
        if not path.is_file():
            raise DataError(f"{path}: there is no such data file")
        found = list(read_rows(path))
        if not found:
            raise DataError(f"{path}: no rows in it")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        files.append(DataFile(str(path), digest, len(found)))
        rows += found
    return rows, files


def refuse_leaks(rows: Iterable[Row], evaluation: Iterable[Row]) -> None:
    """Raise ``DataError`` when rows that score the model are also trained on."""
    held_out = {_key(row): str(row.meta.get("id", row.digest[:12])) for row in evaluation}
    leaked = sorted({held_out[_key(row)] for row in rows if _key(row) in held_out})
    if leaked:
        shown = ", ".join(leaked[:8]) + (", ..." if len(leaked) > 8 else "")
        raise DataError(
            f"{len(leaked)} rows of the evaluation file are in the training data ({shown}); take them out"
        )


def encode_rows(rows: Iterable[Row], encoder: PromptEncoder, max_len: int) -> Dataset:
    """Encode; drop rows over ``max_len`` tokens and exact duplicates; never cut one.

    Raises ``DataError`` when nothing is left or when EOS is not the last label of every row (a model trained
    on such rows never stops).
    """
    kept: list[Encoded] = []
    seen: set[tuple[int, ...]] = set()
    long = duplicate = 0
    for row in rows:
        encoded = encode_row(row, encoder)
        if len(encoded.input_ids) > max_len:
            long += 1
        elif encoded.input_ids in seen:
            duplicate += 1
        else:
            seen.add(encoded.input_ids)
            kept.append(encoded)
    if not kept:
        raise DataError(f"no row is left to train on ({long} over {max_len} tokens: raise --max-len)")
    refuse_endless(kept, encoder)
    return Dataset(tuple(kept), long, duplicate)


def refuse_endless(rows: Sequence[Encoded], encoder: PromptEncoder) -> None:
    """Raise ``DataError`` unless every completion ends with EOS and EOS is not the padding."""
    if encoder.eos_id == encoder.pad_id:
        raise DataError(
            "the padding token is the end token, so the end would never be learnt; choose another"
        )
    endless = sum(row.input_ids[-1] != encoder.eos_id or row.completion_length < 1 for row in rows)
    if endless:
        raise DataError(f"EOS is not a label in {endless} of {len(rows)} rows; the model would never stop")


def _key(row: Row) -> tuple[str, bool]:
    return ("".join(row.latex.split()), row.display)
