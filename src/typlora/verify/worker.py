"""The child of ``pool``: runs named functions on items from standard input until it ends.

Run as ``python -m typlora.verify.worker MEMORY_MB``. Each message is a length and a pickle; the answer to
``(function, item)`` is ``(True, result)`` or ``(False, message)``. The child never sees a network: proxies
that lead nowhere are set by the parent, and packages are looked for in an empty folder.
"""

import contextlib
import importlib
import pickle
import struct
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import IO, Any

_LENGTH = struct.Struct("<Q")


def send(stream: IO[bytes], message: object) -> None:
    """Write one message."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message; raises ``EOFError`` at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    data = stream.read(_LENGTH.unpack(head)[0])
    return pickle.loads(data)


@lru_cache(maxsize=64)
def _function(path: str) -> Callable[[Any], Any]:
    module, _, name = path.partition(":")
    function: Callable[[Any], Any] = getattr(importlib.import_module(module), name)
    return function


def limit_memory(megabytes: int) -> None:
    """Let this process have no more than ``megabytes`` of address space (where the system can)."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Serve until standard input ends."""
    limit_memory(int(sys.argv[1]))
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # a library that prints must not break the protocol
    while True:
        try:
            path, item = receive(sys.stdin.buffer)
        except (EOFError, KeyboardInterrupt):
            return 0
        try:
            answer = (True, _function(path)(item))
        except KeyboardInterrupt:
            return 0
        except BaseException as error:  # a Rust panic is a BaseException and cannot be pickled
            answer = (False, f"{type(error).__name__}: {error}")
        send(answers, answer)


if __name__ == "__main__":
    sys.exit(main())
