"""From an unknown block to the document: a real server answers, a real compiler judges."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from typlora.convert.cache import ConversionCache
from typlora.convert.cascade import Cascade
from typlora.convert.pipeline import Converted, convert_project
from typlora.convert.report.items import Item, Status
from typlora.engines.openai_engine import OpenAIEngine
from typlora.tex.project import read_string
from typlora.verify.compiler import CompilerPool
from typlora.verify.formula import FormulaVerifier

Answer = Callable[[str, dict[str, Any]], str]
BLOCK = r"\begin{things}[flat] \item First with $x^2$. \item See \odd here. \end{things}"
PLACEHOLDER = "`\\item` First with $x^2$."
RIGHT = "- First with $q_1$.\n- See $q_2$ here."


class Server(ThreadingHTTPServer):
    """Formulas are answered as they stand; ``answer`` tells what a block becomes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: Answer = lambda latex, body: RIGHT
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def blocks(self) -> list[str]:
        return [latex for latex in self.asked if "\\" in latex]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:  # the name is http.server's
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        latex = body["messages"][-1]["content"]
        self.server.asked.append(latex)
        content = self.server.answer(latex, body) if "\\" in latex else latex
        data = json.dumps({"choices": [{"message": {"content": content}, "finish_reason": "stop"}]}).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            return  # the client was interrupted

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def pool() -> Iterator[CompilerPool]:
    with CompilerPool(1) as pool:
        yield pool


def convert(
    server: Server, pool: CompilerPool, latex: str, cache: ConversionCache | None = None, samples: int = 0
) -> Converted:
    engine = OpenAIEngine(server.url, "scripted", retries=0)
    cascade = Cascade([engine], FormulaVerifier(pool), cache, samples=samples)
    return convert_project(read_string(latex), cascade, pool, source="main.tex", output="main.typ")


def written(converted: Converted) -> list[Item]:
    return [item for item in converted.document.items if item.engine == "model" and item.kind != "formula"]


def test_a_right_answer_takes_the_place_of_the_block(server: Server, pool: CompilerPool) -> None:
    converted = convert(server, pool, f"Before.\n\n{BLOCK}\n\nAfter.")
    assert "Before.\n\n- First with $x^2$.\n- See `\\odd` here.\n\nAfter." in converted.typst
    (item,) = written(converted)
    assert item.status is Status.UNPROVED and item.note.startswith("a model wrote this block, as a list")
    assert item.latex == BLOCK and item.span.line == 3
    notes = {item.latex: item.note for item in converted.document.items if item.kind == "structure"}
    assert set(notes) == {"[flat]", r"\odd"}  # what the output does not show, or shows as LaTeX
    assert converted.document.missing == 0


def test_formulas_are_taken_out_and_come_back_proved(server: Server, pool: CompilerPool) -> None:
    converted = convert(server, pool, BLOCK)
    assert server.blocks[0].count("$q_{1}$") == 1 and "x^2" not in server.blocks[0]
    formulas = [item for item in converted.document.items if item.kind == "formula"]
    assert [(item.latex, item.status) for item in formulas] == [("x^2", Status.PROVED)]


@pytest.mark.parametrize(
    "answer",
    [
        "- First with $q_1$.",
        "- First $q_1$.\n- See $q_2$ here.",
        "- First with $q_1$.\n- See here.",
        "- First with $q_2$.\n- See $q_1$ here.",
        "- First with $q_1$.\n- See $q_2$ here and more.",
        "#things[First with $q_1$]",
        "#table(",
        "#set page(width: 1cm)\n" + RIGHT,
        "",
    ],
    ids=["item", "word", "command", "order", "more", "name", "code", "rule", "nothing"],
)
def test_with_any_other_answer_all_stays_as_it_was(server: Server, pool: CompilerPool, answer: str) -> None:
    server.answer = lambda latex, body: answer
    converted = convert(server, pool, BLOCK)
    assert server.blocks and PLACEHOLDER in converted.typst and not written(converted)
    assert any("unknown environment things" in item.note for item in converted.document.items)


def test_the_likeliest_reading_is_asked_too(server: Server, pool: CompilerPool) -> None:
    server.answer = lambda latex, body: RIGHT if "{itemize}" in latex else "- lost"
    converted = convert(server, pool, BLOCK)
    assert len(written(converted)) == 1 and len(server.blocks) == 2


def test_samples_are_asked_where_the_first_answer_is_refused(server: Server, pool: CompilerPool) -> None:
    server.answer = lambda latex, body: RIGHT if body["temperature"] > 0 else "- lost"
    assert not written(convert(server, pool, BLOCK))
    assert len(written(convert(server, pool, BLOCK, samples=2))) == 1


def test_answers_are_remembered(server: Server, pool: CompilerPool, tmp_path: Path) -> None:
    cache = ConversionCache(tmp_path / "cache.sqlite")
    first = convert(server, pool, BLOCK, cache)
    asked = len(server.asked)
    again = convert(server, pool, BLOCK, cache)
    assert len(server.asked) == asked and again.typst == first.typst and written(again)


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{plain} Only words. \end{plain}",  # the writers have kept all of it
        r"\begin{things}\section{One} \item two \end{things}",
        r"\begin{things}\item \begin{theorem}\label{a} One. \end{theorem}\end{things} \ref{a}",
        r"\begin{things}\item " + "word " * 600 + r"\end{things}",
        r"See \odd there.",  # no words that could be kept: it stays visible
        r"\crest{} by \odd[opt]{one} words.",  # the writers have dropped the crest, and tell
        r"\begin{itemize} \item a \end{itemize}",
    ],
    ids=["kept", "heading", "numbered", "long", "bare", "empty", "known"],
)
def test_what_rules_keep_or_the_document_decides_is_not_asked(
    server: Server, pool: CompilerPool, latex: str
) -> None:
    convert(server, pool, latex)
    assert server.blocks == []


INNER = r"\begin{things} \item First with $x^2$. \item Then. \end{things}"
INSIDE = "- First with $q_1$.\n- Then."


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (rf"\begin{{itemize}}\item One. {INNER} \item Two.\end{{itemize}}",
         "- One.\n\n  - First with $x^2$.\n  - Then.\n- Two."),
        (rf"\begin{{enumerate}}\item {INNER} \item Two.\end{{enumerate}}",
         "+ #[]\n  - First with $x^2$.\n  - Then.\n+ Two."),
        (r"\newtheorem{theorem}{Theorem}\begin{theorem}\label{t} " + INNER + r" \end{theorem} See \ref{t}.",
         "- First with $x^2$.\n  - Then."),
        (rf"\begin{{figure}}{INNER}\caption{{C}}\label{{f}}\end{{figure}} See \ref{{f}}.",
         "    - First with $x^2$.\n    - Then.\n  ],\n  caption: [C]"),
        (rf"\begin{{quote}}{INNER}\end{{quote}}", "- First with $x^2$.\n- Then."),
    ],
    ids=["item", "first", "theorem", "float", "quote"],
)  # fmt: skip
def test_what_stands_in_a_container_is_asked(
    server: Server, pool: CompilerPool, latex: str, expected: str
) -> None:
    server.answer = lambda latex, body: INSIDE
    converted = convert(server, pool, latex)
    assert expected in converted.typst and "`\\item`" not in converted.typst
    (item,) = written(converted)
    assert item.latex == INNER and converted.document.missing == 0
    server.answer = lambda latex, body: "- First with $q_1$."
    kept = convert(server, pool, latex)
    assert not written(kept) and "`\\item`" in kept.typst


def test_two_of_one_block_and_an_odd_macro_in_an_item(server: Server, pool: CompilerPool) -> None:
    answers = {"things": INSIDE, "odd": "See *one*."}
    server.answer = lambda latex, body: next((said for name, said in answers.items() if name in latex), "")
    odd = r"See \odd[opt]{one}."
    latex = rf"\begin{{itemize}}\item A {INNER} \item {odd} \item B {INNER}\end{{itemize}}"
    typst = convert(server, pool, latex).typst
    assert typst.count("  - First with $x^2$.\n  - Then.") == 2 and "\n- See *one*.\n- B" in typst


def test_references_and_citations_come_back_as_rules_made_them(server: Server, pool: CompilerPool) -> None:
    server.answer = lambda latex, body: "- By $q_1$, of $q_2$s.\n- $q_3$ Then $q_4$."
    latex = (
        r"\section{S}\label{s} \begin{things}\item By \cite[p.~3]{k}, of \ref{s}s. \item\label{i} Then $y$."
        r"\end{things} See \ref{i}. \begin{thebibliography}{1}\bibitem{k} A book.\end{thebibliography}"
    )
    converted = convert(server, pool, latex.replace(r"\item\label{i}", r"\item"))
    assert not written(converted)  # three, not four
    server.answer = lambda latex, body: "- By $q_1$, of $q_2$s.\n- Then $q_3$."
    converted = convert(server, pool, latex)
    assert "\n\n- By \\[@k, p.~3\\], of #ref(<s>);s.\n- Then $y$." in converted.typst
    assert len(written(converted)) == 1 and all("label" not in latex for latex in server.blocks)


def test_a_label_that_shows_comes_back_in_its_place(server: Server, pool: CompilerPool) -> None:
    server.answer = lambda latex, body: "- $q_1$ One."
    converted = convert(server, pool, r"\begin{things}\item\label{a} One. \end{things} See \ref{a}.")
    assert "- #metadata(none) <a> One." in converted.typst and written(converted)


def test_an_odd_macro_gives_its_words(server: Server, pool: CompilerPool) -> None:
    server.answer = lambda latex, body: "See *one two* there."
    converted = convert(server, pool, r"See \odd[opt]{one}{two} there.")
    assert "See *one two* there." in converted.typst
    assert [item.latex for item in converted.document.items if item.kind == "structure"] == [r"\odd[opt]"]


@pytest.mark.parametrize(
    ("latex", "answer", "expected"),
    [
        (
            r"\begin{cells}{lr} \hline one & $y$ \\ \hline two & 3 \\ \hline \end{cells}",
            "#table(columns: 2, [one], [$q_1$], [two], [3])",
            "#table(columns: 2, [one], [$y$], [two], [3])",
        ),
        (
            r"\begin{notions} \item[cat] An animal. \item[dog] Another. \end{notions}",
            "/ cat: An animal.\n/ dog: Another.",
            "/ cat: An animal.\n/ dog: Another.",
        ),
    ],
    ids=["table", "terms"],
)
def test_tables_and_terms(server: Server, pool: CompilerPool, latex: str, answer: str, expected: str) -> None:
    server.answer = lambda latex, body: answer
    converted = convert(server, pool, latex)
    assert expected in converted.typst and written(converted)
    assert not any("unknown" in item.note for item in converted.document.items if item.kind == "structure")


def test_ctrl_c_while_a_block_is_asked(server: Server, tmp_path: Path) -> None:
    waiting = threading.Event()

    def never(latex: str, body: dict[str, Any]) -> str:
        waiting.set()
        time.sleep(1)
        return RIGHT

    server.answer = never
    source = tmp_path / "main.tex"
    source.write_text(BLOCK)
    arguments = ["convert", str(source), "--engine", "model", "--model", server.url, "--adapter", "scripted"]
    running = subprocess.Popen(
        [sys.executable, "-m", "typlora", *arguments],
        env={**os.environ, "TYPLORA_HOME": str(tmp_path / "home")},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert waiting.wait(30)
    os.killpg(running.pid, signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 130 and b"Traceback" not in errors
    assert not (tmp_path / "main.typ").exists()
