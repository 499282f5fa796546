"""The disk cache of proposals and verdicts, so that a second run asks no engine what it was told before.

One sqlite file in ``config.home()``. A cache may be lost at any time without harm: a corrupt file is
deleted and rebuilt, a folder that cannot be written means working without. Several processes may use
it at once (write-ahead log, short transactions). Connections are opened on first use, never carried
over a fork.
"""

import contextlib
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from typlora import config
from typlora.tex.unit import Unit
from typlora.verify.verdict import Outcome, Verdict

_LAYOUT = 1  # raised when the meaning of a value changes; an older file is rebuilt
_MOST_ROWS = 1_000_000  # about 500 MB; beyond it the oldest quarter goes
_BUSY_SECONDS = 10.0
_AT_ONCE = 500  # keys a SELECT; sqlite allows 999 variables in old builds


@dataclass(frozen=True, slots=True)
class Remembered:
    """What one engine said of one unit, simplified where proved.

    ``typst`` is ``None`` where the engine had no proposal.
    """

    typst: str | None
    engine: str
    verdict: Verdict
    seconds: float = 0.0


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """Hash of the code that proposes, judges and simplifies: a changed judge never meets old verdicts."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256(config.TYPST_VERSION.encode())
    for folder in ("verify", "engines", "convert/idiom", "convert/unknown"):
        for file in sorted((package / folder).rglob("*.py")):
            digest.update(file.read_bytes())
    digest.update((package / "convert/simplify.py").read_bytes())
    return digest.hexdigest()[:16]


def entry_key(unit: Unit, fingerprint: str) -> bytes:
    """The key of what the engine with this fingerprint says of this unit; independent of where it stands."""
    parts = (unit.kind, unit.latex, unit.display, unit.macros, fingerprint, code_fingerprint())
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).digest()[:16]


class ConversionCache:
    """``get`` and ``put`` by key; every failure of the disk means "not remembered", never an error."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path if path is not None else config.home() / "conversions.sqlite"
        self._connection: sqlite3.Connection | None = None
        self._owner = 0
        self._broken = False

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Remembered]:
        """What is remembered of these keys."""
        found: dict[bytes, Remembered] = {}
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            for key, value in self._rows(f"SELECT key, value FROM entries WHERE key IN ({marks})", some):
                if isinstance(key, bytes) and (entry := _read(value)) is not None:
                    found[key] = entry
        return found

    def put(self, entries: Mapping[bytes, Remembered]) -> None:
        """Remember; the newest wins."""
        rows = [(key, _write(entry)) for key, entry in entries.items()]
        connection = self._open()
        if connection is None or not rows:
            return
        try:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO entries(key, value) VALUES (?, ?)", rows)
        except sqlite3.OperationalError:
            return  # locked for too long, or the disk is full: then it is not remembered
        except sqlite3.DatabaseError:
            self._rebuild()

    def close(self) -> None:
        """Trim to size and let go of the file."""
        if self._connection is None or self._owner != os.getpid():
            return
        with contextlib.suppress(sqlite3.Error):
            _trim(self._connection)
            self._connection.close()
        self._connection = None

    def _rows(self, query: str, values: Sequence[bytes]) -> Iterable[tuple[object, object]]:
        connection = self._open()
        if connection is None:
            return []
        try:
            return list(connection.execute(query, values))
        except sqlite3.OperationalError:
            return []
        except sqlite3.DatabaseError:
            self._rebuild()
            return []

    def _open(self) -> sqlite3.Connection | None:
        if self._broken:
            return None
        if self._connection is not None and self._owner == os.getpid():
            return self._connection
        rebuilt = False
        patient_until = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self._connection = _connect(self.path)
                self._owner = os.getpid()
                return self._connection
            except sqlite3.OperationalError as error:
                # SQLite does not wait for another process that makes the same file at this moment
                busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
                if not busy or time.monotonic() > patient_until:
                    break  # not writable: rebuilding would not help
                time.sleep(0.02)
            except sqlite3.DatabaseError:
                if rebuilt or not _delete(self.path):
                    break
                rebuilt = True
            except OSError:
                break
        self._broken = True
        return None

    def _rebuild(self) -> None:
        """The file turned out to be damaged in use: start an empty one, or go on without."""
        with contextlib.suppress(sqlite3.Error):
            if self._connection is not None:
                self._connection.close()
        self._connection = None
        self._broken = not _delete(self.path)


def _trim(connection: sqlite3.Connection) -> None:
    (count,) = connection.execute("SELECT max(rowid) - min(rowid) FROM entries").fetchone()
    if count is not None and count > _MOST_ROWS:
        with connection:
            connection.execute(
                "DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries ORDER BY rowid LIMIT ?)",
                (count // 4,),
            )


def _connect(path: Path) -> sqlite3.Connection:
    """Open or make the file. Raises ``sqlite3.DatabaseError`` where it is not one of ours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
        if layout not in (0, _LAYOUT):
            raise sqlite3.DatabaseError("another layout")
        with connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS entries(key BLOB PRIMARY KEY, value TEXT NOT NULL)"
            )
            connection.execute(f"PRAGMA user_version={_LAYOUT}")
        connection.execute("SELECT key, value FROM entries LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _delete(path: Path) -> bool:
    try:
        for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            name.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _write(entry: Remembered) -> str:
    verdict = entry.verdict
    fields = (entry.typst, entry.engine, entry.seconds)
    return json.dumps([*fields, verdict.compiles, verdict.outcome, verdict.differences, verdict.error])


def _read(value: object) -> Remembered | None:
    """``None`` for anything we did not write."""
    try:
        typst, engine, seconds, compiles, outcome, differences, error = json.loads(str(value))
        if typst is not None and not isinstance(typst, str):
            return None
        verdict = Verdict(
            bool(compiles), Outcome(outcome), tuple(str(item) for item in differences), str(error)
        )
        return Remembered(typst, str(engine), verdict, float(seconds))
    except (ValueError, TypeError):
        return None
