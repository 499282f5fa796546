"""Files are written whole or not at all."""

import os
from pathlib import Path

import pytest

from typlora.errors import InputError
from typlora.files import write_atomic


def test_text_and_bytes_replace_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "a.txt"
    write_atomic(path, "ä")
    write_atomic(path, b"\xff")
    assert path.read_bytes() == b"\xff" and [file.name for file in path.parent.iterdir()] == ["a.txt"]


def test_a_failure_leaves_the_old_content(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    with pytest.raises(InputError, match="cannot write"):
        write_atomic(tmp_path / "file" / "below", "new")
    with pytest.raises(InputError, match="cannot write"):
        write_atomic(tmp_path, "new")
    assert (tmp_path / "file").read_text() == "old"


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_atomic(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "target").read_text() == "new"


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_atomic(pipe, "through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
