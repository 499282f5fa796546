"""Files are written whole or not at all."""

import os
import tempfile
from pathlib import Path

from typlora.errors import InputError


def write_atomic(path: Path, data: str | bytes) -> None:
    """Write ``data`` (text as UTF-8) under a temporary name beside ``path`` and rename it into place.

    A symbolic link is followed; a device or pipe (``/dev/null``) is written to and never replaced.
    Raises ``InputError`` where the folder cannot be written or the disk is full; then ``path`` is as before.
    """
    content = data.encode("utf-8", "replace") if isinstance(data, str) else data
    temporary: str | None = None
    try:
        path = path.resolve() if path.is_symlink() else path
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(content)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}; nothing was changed") from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    """The process's file mode mask (reading it needs setting it)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
