"""Judging many formulas in worker processes, with a journal that a stopped build goes on from.

Batches are cut in a fixed order and each finished one is written beside the output, so the answers do
not depend on how many processes worked or how often they were stopped.
"""

import hashlib
import json
import multiprocessing
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from typlora import __version__
from typlora.config import TYPST_VERSION
from typlora.convert.cache import code_fingerprint
from typlora.data.corpus import Given
from typlora.data.judge import Judge, Judged
from typlora.files import write_atomic

BATCH = 1_000  # formulas a task: pandoc's start (60 ms) is lost in it, a stopped build loses seconds

Progress = Callable[[int, int, int], None]
"""``progress(formulas judged, all formulas, pairs proved)``."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The finished batches of one build, in ``folder``."""

    folder: Path
    batches: tuple[tuple[Given, ...], ...]

    def missing(self) -> list[int]:
        """Numbers of the batches that are still to be judged."""
        return [number for number in range(len(self.batches)) if not self._file(number).is_file()]

    def save(self, number: int, answers: Sequence[Judged]) -> None:
        lines = [[a.latex, a.typst, a.engine, a.reason, a.detail, a.kind, a.form] for a in answers]
        write_atomic(self._file(number), "".join(json.dumps(line) + "\n" for line in lines))

    def load(self, number: int) -> list[Judged]:
        lines = self._file(number).read_text().splitlines()
        return [
            Judged(given, *json.loads(line)) for given, line in zip(self.batches[number], lines, strict=True)
        ]

    def remove(self) -> None:
        """The build is done."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:06d}.jsonl"


def open_journal(output: Path, formulas: Sequence[Given], batch: int = BATCH) -> Journal:
    """The journal beside ``output``; emptied when it belongs to other formulas or other versions."""
    folder = output.with_name(f"{output.name}.building")
    versions = [f"{name} {metadata.version(name)}" for name in ("typst", "tylax", "pypandoc_binary")]
    versions.append(code_fingerprint())
    digest = hashlib.sha256(f"{__version__} {TYPST_VERSION} {batch} {versions}\n".encode())
    for one in formulas:
        digest.update(
            f"{one.display}\0{one.latex}\0{one.macros}\0{one.source}\0{one.block}\n".encode(errors="replace")
        )
    mark = folder / "plan.txt"
    if not mark.is_file() or mark.read_text() != digest.hexdigest():
        shutil.rmtree(folder, ignore_errors=True)
        write_atomic(mark, digest.hexdigest())
    cut = tuple(tuple(formulas[at : at + batch]) for at in range(0, len(formulas), batch))
    return Journal(folder, cut)


def judge_all(
    journal: Journal, jobs: int, make_judge: Callable[[], Judge], progress: Progress | None = None
) -> Iterator[Judged]:
    """Every answer in the order of the formulas, whoever finished first; nothing is judged twice."""
    missing = journal.missing()
    total = sum(len(batch) for batch in journal.batches)
    done = proved = 0
    for number in sorted(set(range(len(journal.batches))) - set(missing)):
        done += len(journal.batches[number])
        proved += sum(1 for one in journal.load(number) if one.typst)
    for number, answers in judge_batches(
        jobs, [(number, journal.batches[number]) for number in missing], make_judge
    ):
        journal.save(number, answers)
        done += len(answers)
        proved += sum(1 for one in answers if one.typst)
        if progress is not None:
            progress(done, total, proved)
    for number in range(len(journal.batches)):
        yield from journal.load(number)


def judge_batches(
    jobs: int, tasks: Sequence[tuple[int, Sequence[Given]]], make_judge: Callable[[], Judge]
) -> Iterator[tuple[int, list[Judged]]]:
    """Numbered batches, judged by ``jobs`` processes (in this one, when one is enough), as they finish."""
    if jobs <= 1 or len(tasks) <= 1:
        judge = make_judge() if tasks else None
        for number, batch in tasks:
            assert judge is not None
            yield number, judge.judge(batch)
        return
    context = multiprocessing.get_context("spawn")  # forked engines would share pipes and threads
    with ProcessPoolExecutor(jobs, context, _start_worker, (make_judge,)) as pool:
        waiting: dict[Future[list[Judged]], int] = {}
        queue = list(reversed(tasks))
        while queue or waiting:
            with _deaf_to_interrupts():  # submitting starts the processes
                while queue and len(waiting) < 2 * jobs:
                    number, batch = queue.pop()
                    waiting[pool.submit(_judge_batch, list(batch))] = number
            finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                yield waiting.pop(future), future.result()


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """A process started meanwhile hears of Ctrl-C in ``_start_worker`` only: it would tell where it was."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_judge: Judge | None = None


def _start_worker(make_judge: Callable[[], Judge]) -> None:
    global _judge
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # it ends without a word; the parent says what happened
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _judge = make_judge()


def _judge_batch(batch: list[Given]) -> list[Judged]:
    assert _judge is not None
    return _judge.judge(batch)
