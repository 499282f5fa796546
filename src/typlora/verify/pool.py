"""Worker processes that can be killed: the only safe place for Typst that somebody else wrote.

``#for i in range(100000000) {}`` keeps the compiler busy for minutes and cannot be interrupted from inside,
so every item has a time limit, every worker a memory limit, and what exceeds it costs that item alone.
"""

import contextlib
import os
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from typlora.errors import TyploraError
from typlora.verify.worker import receive, send

RECYCLE_AFTER = 20_000  # items; compilers keep caches, a fresh process is cheaper than a large one
_NOWHERE = "http://127.0.0.1:9"  # the discard port: whatever asks for the network is refused at once


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that gave no result: ``reason`` is ``time``, ``memory`` or ``error``."""

    reason: str
    message: str


class _Worker:
    """One child process and its pipes."""

    def __init__(self, memory_mb: int, folder: str) -> None:
        environment = dict(os.environ)
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            environment[name] = _NOWHERE
        environment.update(
            RAYON_NUM_THREADS="1", OMP_NUM_THREADS="1", NO_PROXY="", no_proxy="", TYPLORA_EMPTY=folder
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "typlora.verify.worker", str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment,
            start_new_session=True,  # Ctrl-C belongs to the parent, which then ends its children
        )
        self.served = 0

    def ask(self, function: str, item: object, seconds: float) -> Any:
        """The answer, or a ``Failure``; after one the worker must be replaced."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            send(self.process.stdin, (function, item))
            ready, _, _ = select.select([self.process.stdout], [], [], seconds)
            if not ready:
                return Failure("time", f"took longer than {seconds:g} s")
            good, answer = receive(self.process.stdout)
        except (EOFError, BrokenPipeError, OSError):
            return Failure("memory", "the worker process ended: out of memory or a crash in the compiler")
        self.served += 1
        return answer if good else Failure("error", str(answer))

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class WorkerPool:
    """``jobs`` worker processes; use as a context manager.

    ``seconds`` is the limit for one item, ``memory_mb`` the address space of one worker. Functions are named
    ``"package.module:function"`` and take one picklable item.
    """

    def __init__(self, jobs: int = 2, seconds: float = 10.0, memory_mb: int = 2048) -> None:
        self.jobs = max(1, jobs)
        self.seconds = seconds
        self.memory_mb = memory_mb
        self._folder = tempfile.TemporaryDirectory(prefix="typlora-empty-")
        self._idle: SimpleQueue[_Worker | None] = SimpleQueue()
        for _ in range(self.jobs):
            self._idle.put(None)  # started on first use
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers, even busy ones."""
        with self._lock:
            self._closed = True
            workers, self._all = self._all, set()
        for worker in workers:
            worker.end()
        with contextlib.suppress(OSError):
            self._folder.cleanup()

    def run(self, function: str, item: object, seconds: float | None = None) -> Any:
        """The result for one item, or a ``Failure``. Safe from several threads."""
        limit = self.seconds if seconds is None else seconds
        worker = self._idle.get()
        try:
            for attempt in (1, 2):
                if worker is None or worker.served >= RECYCLE_AFTER:
                    worker = self._replace(worker)
                fresh = worker.served == 0
                answer = worker.ask(function, item, limit)
                if not isinstance(answer, Failure) or answer.reason == "error":
                    return answer
                worker = self._replace(worker, start=False)
                # A full worker may have ended through what came before this item: ask a fresh one once.
                if answer.reason == "time" or fresh or attempt == 2:
                    return answer
            raise AssertionError("unreachable")
        finally:
            self._idle.put(worker)

    def map(self, function: str, items: Iterable[object], seconds: float | None = None) -> Iterator[Any]:
        """Results (or ``Failure``s) in the order of the items, ``jobs`` at a time; reads ahead a little."""
        from concurrent.futures import Future, ThreadPoolExecutor

        with ThreadPoolExecutor(self.jobs) as threads:
            waiting: list[Future[Any]] = []
            try:
                for item in items:
                    waiting.append(threads.submit(self.run, function, item, seconds))
                    while len(waiting) >= 3 * self.jobs or (waiting and waiting[0].done()):
                        yield waiting.pop(0).result()
                while waiting:
                    yield waiting.pop(0).result()
            finally:
                for future in waiting:
                    future.cancel()

    def _replace(self, worker: _Worker | None, start: bool = True) -> Any:
        if worker is not None:
            with self._lock:
                self._all.discard(worker)
            worker.end()
        if not start:
            return None
        if self._closed:
            raise TyploraError("the worker pool is closed")
        replacement = _Worker(self.memory_mb, self._folder.name)
        with self._lock:
            self._all.add(replacement)
        return replacement


def chunks(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """The items in runs of ``size``: one message to a worker costs as much as a small formula."""
    return [items[start : start + size] for start in range(0, len(items), size)]
