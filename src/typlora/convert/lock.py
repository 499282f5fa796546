"""One run at a time on one output."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typlora.errors import InputError


@contextmanager
def output_lock(output: Path) -> Iterator[None]:
    """Hold ``.NAME.lock`` beside ``output``; the system lets go of it even when the process is killed.

    Raises ``InputError`` when another run holds it, or the folder cannot be written.
    """
    try:
        import fcntl
    except ImportError:  # a system without flock: nothing to protect with
        yield
        return
    path = output.parent / f".{output.name}.lock"
    while True:
        descriptor = _open(path, output)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
            os.close(descriptor)
            who = f" (process {holder})" if holder else ""
            raise InputError(
                f"another run is writing {output}{who}; wait for it, or choose another output"
            ) from None
        if _still_there(path, descriptor):
            break
        os.close(descriptor)  # its last holder removed the file between our opening and locking it
    try:
        with contextlib.suppress(OSError):  # a full disk must not stop the run before it starts
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _still_there(path: Path, descriptor: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except OSError:
        return False


def _open(path: Path, output: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise InputError(f"cannot write {output}: {error.strerror or error}") from error
