"""Rows: three formats, told apart row by row, and errors that say which line."""

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from typlora.data.formats import ORIGINAL_INSTRUCTION
from typlora.data.rows import MAX_ROW_BYTES, Row, RowProblem, read_rows, write_rows
from typlora.errors import DataError

CURRENT = {
    "prompt": [{"role": "user", "content": r"\[\frac{a}{b}\]"}],
    "completion": [{"role": "assistant", "content": "$ a/b $"}],
}
OLDER = {
    "system": "You convert.",
    "instruction": "LaTeXをTypstに変換してください",
    "input": r"$\alpha$",
    "output": "$alpha$",
}
LLAMA = (
    "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nHelp.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nLaTeXをTypstに変換してください: \\section{序論}<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n= 序論<|eot_id|>"
)
CHATML = "<|im_start|>user\n$x$<|im_end|>\n<|im_start|>assistant\n$x$<|im_end|>\n"
ALPACA = "### Instruction:\nConvert LaTeX to Typst:\n\n### Input:\n$y$\n\n### Response:\n$y$"


def put(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(r, ensure_ascii=False)}\n" for r in records), encoding="utf-8")
    return path


def test_the_three_formats_are_told_apart_row_by_row(tmp_path: Path) -> None:
    file = put(tmp_path / "a.jsonl", CURRENT, OLDER, {"text": LLAMA}, {"text": CHATML}, {"text": ALPACA})
    found = [(row.latex, row.typst, row.display, row.kind) for row in read_rows(file)]
    assert found == [
        (r"\frac{a}{b}", "a/b", True, "formula"),
        (r"\alpha", "alpha", False, "formula"),
        (r"\section{序論}", "= 序論", False, "block"),
        ("x", "x", False, "formula"),
        ("y", "y", False, "formula"),
    ]


@pytest.mark.parametrize(
    "prefix",
    [
        ORIGINAL_INSTRUCTION,
        "LaTeXをTypstに変換してください:\n",
        "LaTeXをTypstに変換してください: ",
        "以下のLaTeXコードをTypstに変換してください。\n",
        "Convert the following LaTeX to Typst: ",
    ],
)
def test_the_original_instruction_is_the_same_task(tmp_path: Path, prefix: str) -> None:
    with_prefix = json.loads(json.dumps(CURRENT))
    with_prefix["prompt"][0]["content"] = prefix + with_prefix["prompt"][0]["content"]
    plain, other = read_rows(put(tmp_path / "a.jsonl", CURRENT, with_prefix))
    assert plain == other


def test_older_rows_may_hold_the_latex_in_the_instruction(tmp_path: Path) -> None:
    record = {"system": "", "instruction": ORIGINAL_INSTRUCTION + "$a$", "input": "", "output": "$a$"}
    assert [row.latex for row in read_rows(put(tmp_path / "a.jsonl", record))] == ["a"]


def test_the_original_projects_rows_as_its_instructions_show_them(tmp_path: Path) -> None:
    """Formulas without delimiters, headings instead of a chat template."""
    file = tmp_path / "a.jsonl"
    lines = [
        r'{"prompt": [{"role": "user", "content": "LaTeXをTypstに変換してください: '
        r'\\int_0^1 x dx = \\sum_{i=1}^n x_i"}], '
        r'"completion": [{"role": "assistant", "content": "∫_0^1 x d x = ∑_(i=1)^n x_i"}]}',
        r'{"system":"変換ルールの説明","instruction":"LaTeX→Typst",'
        r'"input":"\\int_0^1 x dx","output":"∫_0^1 x d x"}',
        r'{"text":"システム: 変換ルールの説明\n\n指示: LaTeX→Typst\n\n'
        r'入力: \\int_0^1 x dx\n\n出力: ∫_0^1 x d x"}',
        r'{"text":"System: rules\nInput: \\section{A}\nB\nOutput: = A\nB"}',
    ]
    file.write_text("\n".join(lines).replace("入力: ", "入力\uff1a"), encoding="utf-8")
    whole, older, preprocessed, block = read_rows(file)
    assert (whole.latex, whole.typst, whole.kind) == (
        r"\int_0^1 x dx = \sum_{i=1}^n x_i", "∫_0^1 x d x = ∑_(i=1)^n x_i", "formula",
    )  # fmt: skip
    assert older == preprocessed
    assert (older.prompt, older.completion) == (r"$\int_0^1 x dx$", "$∫_0^1 x d x$")
    assert (block.latex, block.typst, block.kind) == ("\\section{A}\nB", "= A\nB", "block")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (r"\alpha", "formula"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "formula"),
        ("a + b = c", "formula"),
        (r"\text{if } x_1", "formula"),
        (r"x_1 \text{ for all real numbers } x", "formula"),
        (r"See Figure \ref{fig_1}.", "block"),
        (r"The constant \alpha is small", "block"),
        (r"定数 \alpha", "block"),
        (r"\LaTeX", "block"),
        (r"\textbf{a}^2", "block"),
        ("file_name and more_text", "block"),
        (r"\begin{tabular}{c} \alpha \end{tabular}", "block"),
        ("x_1\n\ny_1", "block"),
    ],
)
def test_a_text_without_delimiters_is_a_formula_where_it_can_be_nothing_else(
    tmp_path: Path, content: str, kind: str
) -> None:
    (row,) = read_rows(put(tmp_path / "a.jsonl", {"prompt": content, "completion": "y"}))
    assert row.kind == kind


@pytest.mark.parametrize(
    ("content", "latex", "display", "kind"),
    [
        (r"\(x\)", "x", False, "formula"),
        ("$$x$$", "x", True, "formula"),
        (r"\begin{equation} x \end{equation}", "x", True, "formula"),
        (r"\begin{align*}a&=b\end{align*}", r"\begin{align*}a&=b\end{align*}", True, "formula"),
        (r"$a$ and $b$", r"$a$ and $b$", False, "block"),
        (r"$x \text{ if $y$}$", r"x \text{ if $y$}", False, "formula"),
        (r"\[a\] so \[b\]", r"\[a\] so \[b\]", False, "block"),
        (r"\[a \\[2pt] b\]", r"a \\[2pt] b", True, "formula"),
        ("plain text", "plain text", False, "block"),
        ("cost \\$5 or 6\\$", "cost \\$5 or 6\\$", False, "block"),
    ],
)
def test_what_is_a_formula(tmp_path: Path, content: str, latex: str, display: bool, kind: str) -> None:
    record = {"prompt": content, "completion": "$y$"}
    (row,) = read_rows(put(tmp_path / "a.jsonl", record))
    assert (row.latex, row.display, row.kind) == (latex, display, kind)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"prompt": [', "is not JSON (column"),
        ("[1, 2]", "is not a JSON object but list; write each row on a line of its own"),
        ("{", "; a row is one line"),
        ("{}", "has none of the shapes"),
        ('{"prompt": [{"role": "user", "content": "$x$"}]}', "has no 'completion'"),
        (
            '{"prompt": [{"role": "user", "content": "$x$"}], "completion": []}',
            "no message with role 'assistant'",
        ),
        ('{"prompt": "$x$", "completion": "  "}', "has an empty completion"),
        ('{"prompt": "$x$", "completion": "$ $"}', "has an empty formula"),
        ('{"prompt": " ", "completion": "$x$"}', "has an empty prompt"),
        ('{"prompt": 5, "completion": "$x$"}', "not a list of messages"),
        ('{"prompt": "$x$", "completion": "$x$", "meta": 3}', "has a 'meta' that is not an object"),
        ('{"instruction": "a", "input": 1, "output": "b"}', "not text"),
        ('{"text": "no template here"}', "no chat template is recognised"),
        ('{"instruction": "LaTeX→Typst", "input": "", "output": "x"}', "has an empty prompt"),
        ("[" * 100_000, "is not JSON"),
        (
            '{"prompt": "$' + "x" * 1_000_000 + '$", "completion": "$x$"}',
            f"is longer than {MAX_ROW_BYTES:,} bytes",
        ),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(f"{json.dumps(CURRENT)}\n\n{line}\n{json.dumps(CURRENT)}\n")
    with pytest.raises(DataError, match=r"bad\.jsonl:3: the row ") as caught:
        list(read_rows(file))
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)

    problems: list[RowProblem] = []
    assert len(list(read_rows(file, problems.append))) == 1
    assert [(p.line, p.duplicate) for p in problems] == [(3, False), (4, True)]


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    for data, found in (("{}".encode("utf-16"), "is UTF-16"), (b"\x83{}\n", r"is not UTF-8 \(byte 1\)")):
        file.write_bytes(data)
        with pytest.raises(DataError, match=rf"a\.jsonl:1: the row {found}; save the file as UTF-8"):
            list(read_rows(file))


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(CURRENT).encode() + b"\r\n")
    assert len(list(read_rows(file))) == 1


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(content)
    with pytest.raises(DataError, match="has no rows"):
        list(read_rows(file))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        list(read_rows(tmp_path / "none.jsonl"))
    with pytest.raises(DataError, match="cannot be read"):
        list(read_rows(tmp_path))


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    write_rows(file, [Row("x", "x")])

    def broken() -> object:
        yield Row("y", "y")
        raise DataError("stop")

    with pytest.raises(DataError):
        write_rows(file, broken())  # type: ignore[arg-type]
    assert [row.latex for row in read_rows(file)] == ["x"]
    assert list(tmp_path.iterdir()) == [file]


def stripped(text: str) -> str:
    return text.strip()


texts = (
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)
    .map(stripped)
    .filter(bool)
)
latex_like = (
    st.lists(
        st.sampled_from(
            [
                "x",
                "\\\\",
                "\\[",
                "\\]",
                "$",
                "\\$",
                "{",
                "}",
                "\\begin{align}",
                "\\end{align}",
                "\\",
                " ",
                "&",
                "\\(",
                "\n",
                "é",
            ]
        ),
        min_size=1,
        max_size=8,
    )
    .map("".join)
    .map(stripped)
    .filter(bool)
)


@given(latex=texts | latex_like, typst=texts | latex_like, display=st.booleans())
def test_a_formula_written_is_the_formula_read(
    tmp_path_factory: pytest.TempPathFactory, latex: str, typst: str, display: bool
) -> None:
    assume(not latex.startswith("$") and not latex.endswith("$"))
    file = tmp_path_factory.mktemp("rows") / "a.jsonl"
    row = Row(latex, typst, display, {"kind": "formula", "source": "t"})
    write_rows(file, [row])
    assert list(read_rows(file)) == [row]


@given(latex=texts | latex_like, typst=texts | latex_like)
def test_a_block_written_is_the_block_read(
    tmp_path_factory: pytest.TempPathFactory, latex: str, typst: str
) -> None:
    file = tmp_path_factory.mktemp("rows") / "a.jsonl"
    row = Row(latex, typst, False, {"kind": "paragraph"})
    write_rows(file, [row])
    assert list(read_rows(file)) == [row]


@given(line=st.binary(max_size=200) | st.text(max_size=80).map(lambda s: json.dumps({"text": s}).encode()))
def test_any_bytes_give_rows_or_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, line: bytes
) -> None:
    file = tmp_path_factory.mktemp("rows") / "a.jsonl"
    file.write_bytes(line)
    try:
        list(read_rows(file))
    except DataError as error:
        assert str(file) in str(error)


def test_ten_thousand_rows_stream(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    assert write_rows(file, (Row(f"x_{{{i}}}", f"x_{i}") for i in range(10_000))) == 10_000
    assert next(iter(read_rows(file))).latex == "x_{0}"
    assert sum(1 for _ in read_rows(file)) == 10_000
