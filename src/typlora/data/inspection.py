"""One row as the trainer sees it: tokens, what is masked, where the end stands, what would be dropped."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from typlora.data.repairs import encode_row
from typlora.data.rows import Row, read_rows
from typlora.errors import DataError

DEFAULT_MAX_LENGTH = 512


@dataclass(frozen=True, slots=True)
class Inspection:
    """``tokens[:prompt_length]`` are masked (no loss); the rest is learnt, EOS last."""

    row: Row
    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    prompt_length: int
    ends_with_eos: bool
    max_length: int

    @property
    def dropped(self) -> bool:
        """Too long to be trained on whole; rows are never cut."""
        return len(self.ids) > self.max_length


def nth_row(path: Path, number: int) -> Row:
    """The row ``number`` of a file, counted from 1. ``DataError`` where there is none."""
    if number < 1:
        raise DataError(f"rows are counted from 1; there is no row {number}")
    row = next(islice(read_rows(path), number - 1, None), None)
    if row is None:
        raise DataError(f"{path}: there is no row {number}; the file is shorter")
    return row


def inspect(row: Row, encoder: Any, max_length: int = DEFAULT_MAX_LENGTH) -> Inspection:
    """Encode one row with the one prompt ``encoder`` (``typlora.model.prompt.PromptEncoder``)."""
    encoded = encode_row(row, encoder)
    ids = tuple(encoded.input_ids)
    return Inspection(
        row, tuple(encoder.show(list(ids))), ids, encoded.prompt_length, ids[-1] == encoder.eos_id, max_length
    )


def shown(found: Inspection) -> str:
    """For a terminal: a line a token, masked or learnt, then what it means for training."""
    lines = [f"LaTeX  {found.row.prompt}", f"Typst  {found.row.completion}", "", "  at      id  loss  token"]
    for at, (token, number) in enumerate(zip(found.tokens, found.ids, strict=True)):
        mark = "  no" if at < found.prompt_length else " yes"
        lines.append(f"{at:>4}  {number:>6}  {mark}  {token!r}")
    learnt = len(found.ids) - found.prompt_length
    end = f"last label, at {len(found.ids) - 1}" if found.ends_with_eos else "MISSING: would never stop"
    lines += [
        "",
        f"{len(found.ids)} tokens: {found.prompt_length} masked (prompt), {learnt} learnt (completion)",
        f"EOS: {end}",
        f"dropped: {'yes, longer than' if found.dropped else 'no, at most'} {found.max_length} tokens",
    ]
    return "\n".join(lines) + "\n"
