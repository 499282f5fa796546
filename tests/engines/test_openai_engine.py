"""The client against a real HTTP server on this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from typlora.engines import open_engine, openai_engine
from typlora.engines.openai_engine import OpenAIEngine
from typlora.errors import ConfigError, EngineError
from typlora.tex.unit import Unit, UnitKind


class Server(ThreadingHTTPServer):
    """Answers with ``script[latex]``: a text, a status, or a list of these for one try after the other."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: dict[str, Any] = {}
        self.seen: list[tuple[str, dict[str, Any], str]] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:  # the name is http.server's
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        latex = body["messages"][-1]["content"] if "messages" in body else str(body["prompt"])
        with self.server.lock:
            self.server.seen.append((self.path, body, self.headers.get("Authorization", "")))
            answer = self.server.script.get(latex, "ok")
            if isinstance(answer, list):
                answer = answer.pop(0)
        status, content = (answer, {}) if isinstance(answer, int) else (200, answer)
        if isinstance(content, str):
            content = {"choices": [{"message": {"content": content}, "finish_reason": "stop"}]}
        data = b"not json" if content is None else json.dumps(content).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(openai_engine, "FIRST_PAUSE", 0.01)
    monkeypatch.delenv(openai_engine.KEY_VARIABLE, raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def formula(latex: str) -> Unit:
    return Unit(UnitKind.FORMULA, latex)


def ask(server: Server, *latex: str, retries: int = 2) -> list[str | None]:
    engine = OpenAIEngine(server.url, "m", retries=retries)
    return [None if one is None else one.typst for one in engine.propose([formula(part) for part in latex])]


def test_answers_come_in_order_and_wrappings_are_taken_off(server: Server) -> None:
    server.script = {
        "a": "alpha",
        "b": "$x_1$",
        "c": "```typst\ny\n```",
        "d": "<think>hm</think>\nz",
        "e": '#import "x"',
        "f": {"choices": [{"message": {"content": "cut of"}, "finish_reason": "length"}]},
        "g": {"unexpected": True},
        "h": {"choices": [{"text": "plain", "finish_reason": "stop"}]},
    }
    assert ask(server, *"abcdefgh") == ["alpha", "x_1", "y", "z", None, None, None, "plain"]
    path, body, _ = server.seen[0]
    assert path == "/v1/chat/completions"
    assert (body["model"], body["temperature"]) == ("m", 0.0)


def test_busy_servers_are_asked_again_and_one_refusal_costs_one_unit(server: Server) -> None:
    server.script = {"a": [429, 503, "late"], "b": 400, "c": [None, "json at last"]}
    assert ask(server, "a", "b", "c", "d") == ["late", None, "json at last", "ok"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (401, "refuses the key.*TYPLORA_API_KEY"),
        (404, "the model's name there"),
        (500, "after 3 tries.*answers 500"),
    ],
)
def test_a_server_that_cannot_work_is_one_clear_error(server: Server, answer: int, message: str) -> None:
    server.script = {"a": answer}
    with pytest.raises(EngineError, match=message):
        ask(server, "a")


def test_no_server_at_all() -> None:
    engine = OpenAIEngine("http://127.0.0.1:9/v1", "m", retries=0)
    with pytest.raises(EngineError, match="is the server running"):
        engine.propose([formula("a")])


def test_the_key_is_sent(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(openai_engine.KEY_VARIABLE, "secret")
    ask(server, "a")
    assert server.seen[0][2] == "Bearer secret"


def test_samples_have_seeds_of_their_own_and_are_distinct(server: Server) -> None:
    server.script = {"a": ["x", "y", "x"]}
    found = OpenAIEngine(server.url, "m", concurrency=1).sample([formula("a")], 3, 0.5, 7)
    assert [one.typst for one in found[0]] == ["x", "y"]
    assert [body["seed"] for _, body, _ in server.seen] == [7, 8, 9]


def test_our_own_prompt_goes_as_tokens(server: Server, tmp_path) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("torch")
    from tests.engines.tiny import tiny_base

    from typlora.model.prompt import PromptEncoder

    base = tiny_base(tmp_path)
    engine = open_engine(server.url, server_model="adapter-001", base=base)
    assert engine.propose([formula("x")]) != [None]
    path, body, _ = server.seen[0]
    assert path == "/v1/completions"
    assert body["prompt"] == PromptEncoder.from_folder(base).encode_prompt("x")
    assert engine.fingerprint.startswith("model/openai/http")


def test_a_server_that_wants_text_gets_our_prompt_as_text(server: Server, tmp_path) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("torch")
    from tests.engines.tiny import tiny_base

    from typlora.model.prompt import PromptEncoder

    base = tiny_base(tmp_path)
    encoder = PromptEncoder.from_folder(base)
    server.script = {str(encoder.encode_prompt(latex)): 400 for latex in "xy"}
    engine = OpenAIEngine(server.url, "m", tokenizer=base, concurrency=1)
    assert [one is None for one in engine.propose([formula("x"), formula("y")])] == [False, False]
    sent = [body["prompt"] for _, body, _ in server.seen]
    assert sent[0] == encoder.encode_prompt("x")
    assert sent[1:] == [encoder.as_text(encoder.encode_prompt(latex)) for latex in "xy"]


def test_a_server_behind_a_command(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from typlora.cli.main import main

    monkeypatch.setenv("TYPLORA_HOME", str(tmp_path / "home"))
    server.script = {r"\alpha": "alpha", "x_1": ["wrong", "worse", "x_1", "x_1"]}
    rows = [{"id": latex, "latex": latex, "display": False} for latex in (r"\alpha", "x_1")]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = ["formulas", str(source), "-o", str(out), "--engine", "model", "--model", server.url]
    assert main(command) == 2
    assert "which model of http://127.0.0.1" in capsys.readouterr().err
    assert main([*command, "--adapter", "theirs", "--samples", "3", "--jobs", "1"]) == 0
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["typst"], row["verdict"]) for row in found] == [("alpha", "equal"), ("x_1", "equal")]
    assert {body["model"] for _, body, _ in server.seen} == {"theirs"}


def test_a_server_that_refuses_everything_is_an_error(server: Server) -> None:
    server.script = {"a": 400, "b": 400}
    with pytest.raises(EngineError, match="refuses every request: it answers 400"):
        ask(server, "a", "b")


def test_engines_by_name(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert open_engine("tylax").name == "rules:tylax"
    assert open_engine("pandoc").name == "rules:pandoc"
    assert open_engine("model", base=tmp_path).name == "model"
    with pytest.raises(ConfigError, match="no engine 'nothing'"):
        open_engine("nothing")
    with pytest.raises(ConfigError, match="needs a base"):
        open_engine("model")
    with pytest.raises(ConfigError, match="which model of"):
        open_engine("http://localhost:1/v1")
    with pytest.raises(ConfigError, match="is no server address"):
        OpenAIEngine("localhost", "m")
