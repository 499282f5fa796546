"""From a corpus to verified pairs, with the real engines and the real verifier."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from typlora.data.build import BuildPlan, build
from typlora.data.corpus import Given
from typlora.data.judge import Judge, Judged, default_judge
from typlora.data.reasons import DIFFERENT, NO_PROPOSAL, NO_REFERENCE, NOT_COMPILED
from typlora.data.rows import Row, read_rows, write_rows
from typlora.engines.fake import FakeEngine
from typlora.errors import DataError
from typlora.verify.formula import FormulaVerifier, reference

FORMULAS = [
    {"latex": r"\frac{a}{b}", "display": True, "macros": "", "source": "one:a.tex"},
    {"latex": r"{a \over b}", "display": True, "macros": "", "source": "one:b.tex"},
    {"latex": "x_1", "display": False, "macros": "", "source": "one:a.tex"},
    {"latex": "x_{1}", "display": False, "macros": "", "source": "two:a.tex"},
    {
        "latex": r"\RR^n\label{eq:a}",
        "display": True,
        "macros": r"\newcommand{\RR}{\mathbb{R}}",
        "source": "two:c.tex",
    },
    {"latex": r"\unknowncommand{x}", "display": False, "macros": "", "source": "two:c.tex"},
    {"latex": r"\alpha\leq\beta", "display": False, "source": "three:d.tex"},
]


def corpus(folder: Path, rows: Sequence[object] = FORMULAS) -> Path:
    path = folder / "corpus.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def in_process() -> Judge:
    return default_judge()


def test_a_corpus_becomes_rows_each_formula_once(tmp_path: Path) -> None:
    output = tmp_path / "train_001.jsonl"
    report = build(BuildPlan((corpus(tmp_path),), output, jobs=1))
    rows = {row.latex: row for row in read_rows(output)}
    assert {latex for latex in rows if "mathbb" not in latex} == {r"\frac{a}{b}", "x_1", r"\alpha\leq\beta"}
    assert rows["x_1"].typst == "x_1"
    assert rows["x_1"].meta["verdict"] == "equal"
    assert rows["x_1"].meta["source"] == "one:a.tex"
    macro = next(row for row in rows.values() if "mathbb" in row.latex)
    assert macro.typst == "RR^n" and "newcommand" in macro.meta["macros"] and "label" not in macro.latex
    assert (report.given, report.proved, report.kept, report.duplicates) == (7, 5, 4, 1)
    assert report.with_reference == 5
    assert report.refusals[NO_REFERENCE] == 1
    assert report.yields["inline"] == [2, 3]
    assert "100.0% of the 5" in report.as_text()
    assert json.loads(json.dumps(report.as_json()))["kept"] == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus.jsonl", "train_001.jsonl"]


def test_more_spellings_of_one_typst_are_kept_on_request(tmp_path: Path) -> None:
    report = build(BuildPlan((corpus(tmp_path),), tmp_path / "o.jsonl", jobs=1, spellings=2))
    assert report.kept == 5


def test_workers_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    build(BuildPlan((corpus(tmp_path),), one, jobs=1, batch=2))
    build(BuildPlan((corpus(tmp_path),), two, jobs=2, batch=2))
    assert one.read_bytes() == two.read_bytes()


def test_excluded_formulas_do_not_come_in_whatever_their_spelling(tmp_path: Path) -> None:
    held, measured = tmp_path / "eval.jsonl", tmp_path / "dev.jsonl"
    write_rows(held, [Row("x_{1}", "x_1")])
    measured.write_text(json.dumps({"id": "a", "latex": r"\alpha \le \beta", "display": False}) + "\n")
    report = build(BuildPlan((corpus(tmp_path),), tmp_path / "o.jsonl", jobs=1, exclude=(held, measured)))
    assert report.excluded == 3
    assert not {"x_1", r"\alpha\leq\beta"} & {row.latex for row in read_rows(tmp_path / "o.jsonl")}


def test_whole_sources_are_held_out_and_share_nothing_with_the_rest(tmp_path: Path) -> None:
    output, held = tmp_path / "o.jsonl", tmp_path / "held.jsonl"
    report = build(BuildPlan((corpus(tmp_path),), output, jobs=1, hold_out=("two",), held_out_to=held))
    origins = {row.meta["source"].split(":")[0] for row in read_rows(held)}
    assert origins == {"two"} and report.held_out == 1
    assert {row.typst for row in read_rows(held)} & {row.typst for row in read_rows(output)} == set()
    with pytest.raises(DataError, match="held-out-to"):
        build(BuildPlan((corpus(tmp_path),), output, hold_out=("two",)))


def test_a_stopped_build_goes_on_where_it_stopped(tmp_path: Path) -> None:
    plan = BuildPlan((corpus(tmp_path),), tmp_path / "o.jsonl", jobs=1, batch=2)
    judged: list[str] = []

    class Stopping(Judge):
        def judge(self, given: Sequence[Given]) -> list[Judged]:
            if len(judged) >= 4:
                raise KeyboardInterrupt
            judged.extend(one.latex for one in given)
            return super().judge(given)

    whole = default_judge()

    def stopping() -> Judge:
        return Stopping(whole.engines, whole.verifier, whole.idiom, whole.simplify, whole.has_reference)

    with pytest.raises(KeyboardInterrupt):
        build(plan, make_judge=stopping)
    assert not plan.output.exists()
    before = list(judged)
    report = build(plan, make_judge=lambda: whole)
    assert report.resumed == 2 and len(before) == 4
    build(BuildPlan((corpus(tmp_path),), tmp_path / "p.jsonl", jobs=1))
    assert plan.output.read_bytes() == (tmp_path / "p.jsonl").read_bytes()


def judge_with(answers: dict[str, str]) -> Judge:
    return Judge(
        (FakeEngine(answers),),
        FormulaVerifier(),
        has_reference=lambda u: reference(u.latex, u.display)[0] is not None,
    )


@pytest.mark.parametrize(
    ("latex", "typst", "reason"),
    [
        ("a+b", "a-b", DIFFERENT),
        ("a+b", "a +", DIFFERENT),
        ("a+b", "nosuchname", NOT_COMPILED),
        ("a+b", None, NO_PROPOSAL),
        (r"\begin{gathered} \end{gathered}", " ", NO_PROPOSAL),
        (r"\nosuch{a}", "a", NO_REFERENCE),
    ],
)
def test_what_is_not_proved_is_refused_with_the_reason(latex: str, typst: str | None, reason: str) -> None:
    judge = judge_with({} if typst is None else {latex: typst})
    (answer,) = judge.judge([Given(latex, False)])
    assert (answer.typst, answer.reason) == ("", reason)


def test_of_two_proved_candidates_the_one_with_the_spaces_is_taken() -> None:
    judge = Judge(
        (FakeEngine({r"a\;b": "a b"}, "first"), FakeEngine({r"a\;b": "a thick b"}, "second")),
        FormulaVerifier(),
        str,
    )
    (answer,) = judge.judge([Given(r"a\;b", False)])
    assert (answer.typst, answer.engine) == ("a thick b", "second")


def test_a_corpus_without_a_single_pair_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="gave a verified pair"):
        build(BuildPlan((corpus(tmp_path, [{"latex": r"\nosuch"}]),), tmp_path / "o.jsonl", jobs=1))
    assert not (tmp_path / "o.jsonl").exists()


@pytest.mark.parametrize(
    "row",
    [
        "[1]",
        '{"tex": "x"}',
        '{"latex": 3}',
        '{"latex": "x", "macros": [1]}',
        "{",
        '{"latex": "' + "x" * 300_000 + '"}',
    ],
)
def test_a_wrong_corpus_row_is_named(tmp_path: Path, row: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(f'{{"latex": "x"}}\n{row}\n')
    with pytest.raises(DataError, match=r"c\.jsonl:2"):
        build(BuildPlan((path,), tmp_path / "o.jsonl", jobs=1))


def test_a_latex_project_is_a_corpus_too(tmp_path: Path) -> None:
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "main.tex").write_text(
        r"\documentclass{article}\newcommand{\N}{\mathbb{N}}\begin{document}"
        r"Let $n\in\N$ and \[\frac{1}{n}\to 0.\]\end{document}"
    )
    output = tmp_path / "o.jsonl"
    build(BuildPlan((folder,), output, jobs=1))
    rows = list(read_rows(output))
    assert [row.typst for row in rows] == ["n in NN", "1/n -> 0."]
    assert [row.display for row in rows] == [False, True]
    assert all(row.meta["source"].startswith("thesis:") for row in rows)


def test_blocks_of_a_project_on_request(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "main.tex").write_text(
        "\\documentclass{article}\\newcommand{\\R}{\\mathbb{R}}\\begin{document}\n\\section{One}\n\n"
        "Let $x\\in\\R$ be \\emph{small}.\n\nSee \\ref{nowhere}.\n\\end{document}\n"
    )
    output = tmp_path / "o.jsonl"
    report = build(BuildPlan((folder,), output, jobs=1, blocks=True))
    assert {row.kind: row.typst for row in read_rows(output)} == {
        "formula": "x in RR",
        "heading": "= One",
        "paragraph": "Let $x in RR$ be _small_.",
    }
    assert report.yields["block"] == [2, 3]  # the dangling reference is no pair


@pytest.mark.parametrize("paths", [["nowhere.jsonl"], []])
def test_a_missing_corpus_is_refused(tmp_path: Path, paths: list[str]) -> None:
    with pytest.raises(DataError, match="corpus"):
        build(BuildPlan(tuple(tmp_path / name for name in paths), tmp_path / "o.jsonl", jobs=1))
