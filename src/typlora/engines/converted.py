"""Weights converted for a faster library, once for each base, adapter and precision, kept in the cache.

A process that needs what another is converting waits for it. A conversion appears under its name when it is
whole; what a killed process left is removed by the next one. Where the cache cannot be written the weights
are converted into a folder of this process alone.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from typlora import config
from typlora.engines.weights import Weights
from typlora.errors import ModelError

KEPT = 6  # conversions; each new adapter adds one of 135 to 650 MB, and the least recently used goes
MODEL = "model.bin"
_BEGUN = ".converting."
_OWN: dict[Path, Path] = {}  # conversions of this process alone, by where they should have been

Make = Callable[[Weights, Path], None]
"""``make(weights, folder)`` writes ``folder`` with a ``model.bin``; its parent is there to work in."""


def converted(weights: Weights, precision: str, library: str, make: Make) -> Path:
    """The folder of the weights converted for ``library``; ``make`` writes it where there is none.

    Raises ``ModelError``.
    """
    name = f"{weights.identity()}-{precision}"
    folder = config.home() / library / name
    folder = _OWN.get(folder, folder)
    if (folder / MODEL).is_file():
        with contextlib.suppress(OSError):
            os.utime(folder)  # recently used
        return folder
    try:
        with _alone(folder):
            if not (folder / MODEL).is_file():  # else another process was faster
                _convert(weights, folder, make)
                _forget(folder.parent)
    except OSError as error:
        return _aside(weights, make, folder, error)
    return folder


def discard(folder: Path) -> None:
    """Remove a conversion that cannot be read."""
    with contextlib.suppress(OSError), _alone(folder):
        shutil.rmtree(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process converts to ``folder``; the system ends the wait when one is killed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:  # a system without flock: two conversions cost time, the last one stays
        yield
        return
    with (folder.parent / f".{folder.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _convert(weights: Weights, folder: Path, make: Make) -> None:
    """Convert beside the target, then rename into place."""
    begun = folder.with_name(f"{_BEGUN}{folder.name}")
    shutil.rmtree(begun, ignore_errors=True)  # of a killed process: nobody else is in here
    try:
        begun.mkdir(parents=True)
        make(weights, begun / "ready")
        shutil.rmtree(folder, ignore_errors=True)  # without a model in it, or we would not be here
        (begun / "ready").rename(folder)
    finally:
        shutil.rmtree(begun, ignore_errors=True)


def _forget(cache: Path) -> None:
    """Remove the least recently used conversions over ``KEPT``."""
    folders = [one for one in cache.iterdir() if not one.name.startswith(".") and (one / MODEL).is_file()]
    for old in sorted(folders, key=lambda one: one.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _aside(weights: Weights, make: Make, wanted: Path, problem: OSError) -> Path:
    """A conversion for this process, where the cache takes none."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="typlora-converted-")) / wanted.name
        atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
        _convert(weights, folder, make)
    except OSError as error:
        raise ModelError(
            f"{wanted.parent}: cannot keep the converted model ({problem.strerror or problem}), nor "
            f"can {tempfile.gettempdir()} ({error.strerror or error}); set TYPLORA_HOME to a folder with "
            "1 GB free"
        ) from None
    _OWN[wanted] = folder
    return folder
