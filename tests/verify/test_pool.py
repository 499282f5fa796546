"""Worker processes: what loops, eats memory, reads files or calls the network costs its own item only."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from typlora.tex.unit import Unit, UnitKind
from typlora.verify.compiler import CompilerPool
from typlora.verify.formula import FormulaVerifier
from typlora.verify.pool import Failure


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    # Workers are fresh processes: they find the tests' own functions by path.
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    with CompilerPool(jobs=2, seconds=2, memory_mb=1024) as opened:
        yield opened


def test_a_document_becomes_a_pdf(pool: CompilerPool) -> None:
    compiled = pool.compile("= Title\nText $x^2$.", "pdf")
    assert compiled.ok and compiled.pages[0].startswith(b"%PDF")


def test_an_error_names_its_line(pool: CompilerPool) -> None:
    compiled = pool.compile("one\n\n#undefined-thing\n", "pdf")
    assert not compiled.ok and compiled.line == 3 and "undefined-thing" in compiled.error


def test_an_endless_loop_is_killed_and_the_pool_goes_on(pool: CompilerPool) -> None:
    started = time.monotonic()
    compiled = pool.compile("#while true { let x = 1 }\n#for i in range(100000000) {}", "pdf")
    assert not compiled.ok
    assert time.monotonic() - started < 8
    assert pool.compile("fine", "pdf").ok


def test_memory_is_limited(pool: CompilerPool) -> None:
    compiled = pool.compile('#let s = "abcdefgh"\n#for i in range(40) { s = s + s }\n#s', "pdf")
    assert not compiled.ok
    assert pool.compile("fine", "pdf").ok


@pytest.mark.parametrize(
    "code",
    [
        '#read("/etc/passwd")',
        '#read("../../../../etc/passwd")',
        '#image("/etc/hostname")',
        '#include "/etc/passwd"',
    ],
)
def test_no_file_outside_the_root_can_be_read(pool: CompilerPool, code: str) -> None:
    compiled = pool.compile(code, "pdf")
    assert not compiled.ok and "root:" not in compiled.error


def test_only_the_given_root_can_be_read(pool: CompilerPool, tmp_path: Path) -> None:
    (tmp_path / "inside.txt").write_text("inside")
    assert pool.compile('#read("inside.txt")', "pdf", root=tmp_path).ok
    assert not pool.compile('#read("inside.txt")', "pdf").ok


def test_packages_are_never_downloaded(pool: CompilerPool) -> None:
    started = time.monotonic()
    compiled = pool.compile('#import "@preview/cetz:0.3.0"', "pdf")
    assert not compiled.ok and time.monotonic() - started < 3


def test_one_bad_candidate_does_not_cost_its_neighbours(pool: CompilerPool) -> None:
    units = [Unit(UnitKind.FORMULA, "x")] * 5
    typst = ["x", "#for i in range(1000000000) {}", "x", "y", "x"]
    assert [v.proved for v in FormulaVerifier(pool).verify(units, typst)] == [True, False, True, False, True]


def test_a_worker_that_dies_is_replaced(pool: CompilerPool) -> None:
    assert pool.compile("fine", "pdf").ok
    for worker in list(pool._all):
        os.kill(worker.process.pid, signal.SIGKILL)
    assert all(compiled.ok for compiled in pool.compile_many(["a", "b", "c", "d"], "pdf"))


def test_results_keep_the_order_of_the_items(pool: CompilerPool) -> None:
    answers = list(pool.map("tests.verify.jobs:slow_square", [3, 0, 2, 1]))
    assert answers == [9, 0, 4, 1]


def test_a_panic_is_an_answer_not_a_crash(pool: CompilerPool) -> None:
    answer = pool.run("tests.verify.jobs:panic", None)
    assert isinstance(answer, Failure) and answer.reason == "error" and "boom" in answer.message
