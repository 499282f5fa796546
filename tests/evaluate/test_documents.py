"""Whole documents: what is kept, what is lost without a word, and that figures are of documents."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from typlora.evaluate.converters import Document, Output
from typlora.evaluate.document_metrics import document_change, measure_documents
from typlora.evaluate.documents import evaluate_documents, find_documents
from typlora.evaluate.others import open_other
from typlora.evaluate.results import Evaluation, Report, changed_suites, read_report, write_report
from typlora.evaluate.significance import pooled_interval
from typlora.evaluate.suites import Item, find_suites
from typlora.verify.compiler import CompilerPool

LATEX = r"""\documentclass{article}
\usepackage{graphicx}
\begin{document}
\section{Boats}\label{sec:boats}
A green boat, as in section~\ref{sec:boats} and nowhere~\ref{gone}.
Its length is $\frac{1}{2} x_1, \dots, x_n$.
\begin{tabular}{ll} a & b \\ \multicolumn{2}{c}{c} \end{tabular}
\includegraphics{boat.png}
\end{document}
"""
TYPST = """#set heading(numbering: "1")
= Boats <sec:boats>
A green boat, as in @sec:boats and nowhere ??. Its length is $1/2 x_1, ..., x_n$.
#table(columns: 2, [a], [b], table.cell(colspan: 2)[c])
#image("boat.png")
"""
BOAT = Path(__file__).parents[2] / "benchmarks" / "suite" / "documents" / "06-floats" / "img" / "boat.png"


class Told:
    """Answers with a text, from the document's own folder."""

    name = version = "told"
    formulas_only = False

    def __init__(self, text: str, *reports: str) -> None:
        self.text, self.reports, self.asked = text, reports, 0
        self.fingerprint = str(hash((text, reports)))

    def convert(self, items: Sequence[Item]) -> list[Output]:
        raise NotImplementedError

    def document(self, main: Path, folder: Path) -> Document:
        self.asked += 1
        return Document(self.text, main.parent, self.reports, 0.5)

    def close(self) -> None:
        return None


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(1) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    one = tmp_path / "papers" / "one"
    one.mkdir(parents=True)
    (one / "main.tex").write_text(LATEX, encoding="utf-8")
    shutil.copy(BOAT, one / "boat.png")
    return one.parent


def test_everything_is_there(folder: Path, pool: CompilerPool) -> None:
    (suite,) = find_documents([folder])
    (row,) = evaluate_documents(Told(TYPST), suite, pool).rows
    assert row.compiles and row.readable and not row.silent, (row.error, row.missing)
    for name in ("words", "headings", "formulas", "shapes", "tables", "references", "figures"):
        kept, total = row.counts[name]
        assert total and kept == total, (name, row.counts[name], row.missing)


@pytest.mark.parametrize(
    ("old", "new", "aspect", "silent"),
    [
        ("green ", "", "words", 1),
        ("= Boats", "== Ships", "headings", 1),
        ("1/2", "1/3", "formulas", 1),
        ("table.cell(colspan: 2)[c]", "[c], []", "shapes", 0),
        (", [a], [b]", ", [b], [a]", "tables", 0),
        ("@sec:boats", "1", "references", 0),
        ('#image("boat.png")', "", "figures", 1),
    ],
)
def test_a_loss_is_seen_where_it_is(
    folder: Path, pool: CompilerPool, old: str, new: str, aspect: str, silent: int
) -> None:
    assert old in TYPST
    (suite,) = find_documents([folder])
    (row,) = evaluate_documents(Told(TYPST.replace(old, new)), suite, pool).rows
    assert row.compiles
    kept, total = row.counts[aspect]
    assert kept < total, aspect
    assert row.silent >= silent and any(line.startswith(aspect) for line in row.missing)


def test_what_is_reported_is_not_silent(folder: Path, pool: CompilerPool) -> None:
    (suite,) = find_documents([folder])
    text = TYPST.replace("green ", "").replace('#image("boat.png")', "").replace("1/2", "1/3")
    told = Told(text, "the word Green", r"\includegraphics{boat.png}", r"\frac{1}{2}x_1,\dots, x_n differs")
    (row,) = evaluate_documents(told, suite, pool).rows
    assert row.silent == 0 and row.reports == 3 and row.counts["words"][0] < row.counts["words"][1]


def test_no_output_keeps_nothing(folder: Path, pool: CompilerPool) -> None:
    (suite,) = find_documents([folder])
    good, bad = (evaluate_documents(Told(text), suite, pool) for text in (TYPST, ""))
    figures = measure_documents(bad.rows)
    assert figures.compiles.count == figures.readable == 0 and figures.kept["words"].kept == 0
    assert figures.kept["words"].total == measure_documents(good.rows).kept["words"].total
    assert document_change(good, bad).worse == ("one",) and document_change(bad, good, "words").better


def test_finished_documents_are_kept_until_a_file_changes(
    folder: Path, pool: CompilerPool, tmp_path: Path
) -> None:
    told = Told(TYPST)
    for _ in range(2):
        (suite,) = find_documents([folder])
        evaluate_documents(told, suite, pool, journals=tmp_path / "kept")
    assert told.asked == 1
    before = suite.digest
    (folder / "one" / "boat.png").write_bytes(BOAT.read_bytes() + b" ")
    (suite,) = find_documents([folder])
    result = evaluate_documents(told, suite, pool, journals=tmp_path / "kept")
    assert told.asked == 2 and suite.digest != before
    report = Report((Evaluation("told", "1", "f", (), (result,)),), {}, "")
    write_report(tmp_path / "r.json", report)
    assert read_report(tmp_path / "r.json") == report


def test_other_content_of_a_suite_is_told() -> None:
    from tests.evaluate.made import evaluation

    old, new = evaluation("old", "=="), evaluation("new", "==")
    assert changed_suites(Report((new, old), {})) == []
    from dataclasses import replace

    moved = replace(old, suites=(replace(old.suites[0], digest="other"),))
    (line,) = changed_suites(Report((new, moved), {}))
    assert "old" in line and "another content of suite" in line


def test_folders_of_documents_are_found(folder: Path) -> None:
    suite = Path(__file__).parents[2] / "benchmarks" / "suite"
    (found,) = find_documents([suite])
    assert len(found.mains) >= 12 and len(found.limited(3).mains) == 3 and found.name == "suite documents"
    assert find_suites([folder]) == [] and len(find_suites([suite])) == 2


def test_others_convert_documents(folder: Path, pool: CompilerPool) -> None:
    (suite,) = find_documents([folder])
    for name in ("pandoc", "tylax"):
        (row,) = evaluate_documents(open_other(name), suite, pool).rows
        assert row.readable and row.counts["words"][0] > 3
    assert evaluate_documents(open_other("tex2typst"), suite, pool).rows == ()


def test_the_interval_draws_documents() -> None:
    assert pooled_interval([]) == (0.0, 1.0)
    low, high = pooled_interval([(10, 10)] * 9 + [(0, 10)])
    assert low < 0.9 < high and low <= 0.7
    assert pooled_interval([(9, 10)] * 10) == (0.9, 0.9)


def test_what_each_engine_proved_is_told() -> None:
    from typlora.evaluate.document_results import DocumentRow, DocumentsResult
    from typlora.evaluate.table import solved_lines

    rows = tuple(
        DocumentRow(str(n), True, True, {}, 0, 0, 0.1, {"rules:tylax": 3, "model": n}) for n in range(2)
    )
    result = DocumentsResult("papers", "papers", "d", rows)
    (line,) = solved_lines([(Evaluation("typlora auto", "1", "f", ()), result)])
    assert line == "typlora auto, formulas proved in them: rules:tylax 6, model 1"
