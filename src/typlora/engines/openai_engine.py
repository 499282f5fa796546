"""A model behind an OpenAI-compatible server (vLLM, llama.cpp, ``transformers serve``, hosted ones).

Two ways of asking. ``completions`` sends the tokens of our own prompt, for a server that runs one of our
adapters (vLLM takes LoRA adapters by name); ``chat`` sends an instruction and two examples, for any other
model.
"""

import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from typlora.engines.base import Candidate
from typlora.engines.brackets import closed
from typlora.engines.generation import well_formed
from typlora.engines.stopping import FORBIDDEN
from typlora.errors import ConfigError, EngineError
from typlora.tex.unit import Unit, UnitKind

if TYPE_CHECKING:
    from typlora.model.prompt import PromptEncoder

NAME = "model"
KEY_VARIABLE = "TYPLORA_API_KEY"
LARGEST = 4_000_000  # bytes of an answer; more is not one formula
FIRST_PAUSE = 0.5  # seconds before the second try, doubled each time
LONGEST_PAUSE = 20.0
_INSTRUCTION = (
    "Convert LaTeX mathematics to Typst mathematics (version 0.15). Answer with the Typst code that stands "
    "between the dollar signs and nothing else: no dollar signs, no explanation, no code fence."
)
_EXAMPLES = (
    (r"\frac{a_1}{2} \leq \sum_{i=1}^n \mathbb{E}[X_i]", "a_1 / 2 <= sum_(i = 1)^n EE[X_i]"),
    (r"\begin{align} x &= 1 \\ y &= \text{if } z \end{align}", 'x &= 1 \\\ny &= "if " z'),
)
_BLOCK_INSTRUCTION = (
    "Convert a piece of a LaTeX document to Typst markup (version 0.15). Keep every word and every formula, "
    "in order, and add none. Answer with the Typst and nothing else: no explanation, no code fence. Use no "
    "rules (set, show), no imports and no definitions. An environment or command that you do not know is a "
    "list, a table or text, by what is in it."
)
_BLOCK_EXAMPLES = (
    (
        r"\begin{points}[flat] \item First \emph{one} with $q_{1}$. \item Second. \end{points}",
        "- First _one_ with $q_1$.\n- Second.",
    ),
    (
        r"\begin{grid}{lr} Name & Size \\ $q_{1}$ & 3 \end{grid}",
        "#table(columns: 2, [Name], [Size], [$q_1$], [3])",
    ),
)
_FENCE = re.compile(r"^```\w*\n(.*?)\n?```$", re.DOTALL)
_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)


class OpenAIEngine:
    """``url`` ends before ``/chat/completions`` (``http://127.0.0.1:8000/v1``).

    ``tokenizer`` is a base folder: given, the server is asked with our own prompt (``completions``). The key
    comes from ``TYPLORA_API_KEY``. Raises ``ConfigError`` for a bad address; ``propose`` raises
    ``EngineError`` when the server cannot be reached or refuses everything, and answers ``None`` where it
    refuses one unit.
    """

    name = NAME

    def __init__(
        self,
        url: str,
        model: str,
        tokenizer: Path | None = None,
        concurrency: int = 8,
        timeout: float = 120.0,
        retries: int = 4,
        max_new_tokens: int = 1024,
        temperature: float = 0.7,
        seed: int = 0,
    ) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise ConfigError(f"'{url}' is no server address; write for example http://127.0.0.1:8000/v1")
        self._url, self._model = url.rstrip("/"), model
        self._tokenizer = tokenizer
        self._concurrency, self._timeout, self._retries = max(concurrency, 1), timeout, retries
        self._max, self._temperature, self._seed = max_new_tokens, temperature, seed
        self._encoder: PromptEncoder | None = None
        self._as_text = False
        self._refusal = ""  # why the server refused, as long as it has never answered
        self._answered = False
        local = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
        # a proxy set for the outside world knows nothing of this machine
        handlers = [urllib.request.ProxyHandler({})] if local else []
        self._opener = urllib.request.build_opener(*handlers)

    @property
    def fingerprint(self) -> str:
        way = self._prompts().template_hash if self._tokenizer is not None else "chat"
        return f"{NAME}/openai/{self._url}/{self._model}/{way}/{self._max}"

    def propose(self, units: Sequence[Unit]) -> list[Candidate | None]:
        """Temperature 0, one candidate a unit."""
        return [found[0] if found else None for found in self._ask_all(units, 1, 0.0, self._seed)]

    def sample(
        self,
        units: Sequence[Unit],
        k: int,
        temperature: float | None = None,
        seed: int | None = None,
    ) -> list[list[Candidate]]:
        """Up to ``k`` different candidates a unit; as repeatable as the server is."""
        warmth = self._temperature if temperature is None else temperature
        return self._ask_all(units, k, warmth, self._seed if seed is None else seed)

    def close(self) -> None:
        return None

    def _ask_all(self, units: Sequence[Unit], k: int, temperature: float, seed: int) -> list[list[Candidate]]:
        if not units:
            return []
        jobs = [(unit, seed + draw) for unit in units for draw in range(k)]
        with ThreadPoolExecutor(min(self._concurrency, len(jobs))) as pool:
            answers = list(pool.map(lambda job: self._ask(job[0], temperature, job[1]), jobs))
        if not self._answered and self._refusal:
            raise EngineError(f"{self._url} refuses every request: {self._refusal}; check model and address")
        found = [[one for one in answers[n * k : (n + 1) * k] if one is not None] for n in range(len(units))]
        return [list({one.typst: one for one in several}.values()) for several in found]

    def _ask(self, unit: Unit, temperature: float, seed: int) -> Candidate | None:
        start = time.perf_counter()
        settings = {
            "model": self._model,
            "max_tokens": self._max,
            "temperature": temperature,
            "seed": seed,
        }
        if self._tokenizer is not None:
            block = unit.kind is not UnitKind.FORMULA
            prompt = self._prompts().encode_prompt(well_formed(unit.latex), unit.display, block=block)
            reply = self._completion(settings, prompt)
        else:
            reply = self._post("/chat/completions", {**settings, "messages": _messages(unit)})
        formula = unit.kind is UnitKind.FORMULA
        typst = None if reply is None else _answer(reply, formula)
        if not typst or any(word in typst for word in FORBIDDEN):
            return None
        return Candidate(closed(typst) if formula else typst, NAME, time.perf_counter() - start)

    def _completion(self, settings: dict[str, Any], prompt: list[int]) -> Any:
        """Tokens where the server takes them; else their text, whose marks its tokenizer reads as such."""
        if not self._as_text:
            reply = self._post("/completions", {**settings, "prompt": prompt})
            if reply is not None:
                return reply
        text = self._prompts().as_text(prompt)
        reply = self._post("/completions", {**settings, "prompt": text})
        self._as_text = self._as_text or reply is not None
        return reply

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        """The decoded answer; ``None`` when the server refuses this request alone."""
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY_VARIABLE):
            headers["Authorization"] = f"Bearer {key}"
        data = json.dumps(body).encode()
        problem = ""
        for attempt in range(self._retries + 1):
            request = urllib.request.Request(self._url + path, data, headers)
            pause = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
            try:
                with self._opener.open(request, timeout=self._timeout) as response:
                    text = response.read(LARGEST + 1)
                self._answered = True
                return json.loads(text) if len(text) <= LARGEST else None
            except urllib.error.HTTPError as error:
                problem = f"it answers {error.code} ({_reason(error)})"
                if error.code in (401, 403):
                    raise EngineError(f"{self._url} refuses the key: {problem}; set {KEY_VARIABLE}") from None
                if error.code == 404:
                    raise EngineError(
                        f"{self._url}{path}: {problem}; is '{self._model}' the model's name there, "
                        "and does the address end in /v1?"
                    ) from None
                if error.code != 429 and error.code < 500:
                    self._refusal = problem
                    return None
                pause = _wanted_pause(error, pause)
            except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
                reason = getattr(error, "reason", error)
                problem = str(reason) or type(error).__name__
            except ValueError:
                problem = "its answer is not JSON"
            if attempt < self._retries:
                time.sleep(pause)
        raise EngineError(
            f"no answer from {self._url} after {self._retries + 1} tries: {problem}; is the server running?"
        )

    def _prompts(self) -> "PromptEncoder":
        if self._encoder is None:
            from typlora.model.prompt import PromptEncoder

            assert self._tokenizer is not None
            self._encoder = PromptEncoder.from_folder(self._tokenizer)
        return self._encoder


def _messages(unit: Unit) -> list[dict[str, str]]:
    formula = unit.kind is UnitKind.FORMULA
    messages = [{"role": "system", "content": _INSTRUCTION if formula else _BLOCK_INSTRUCTION}]
    for latex, typst in _EXAMPLES if formula else _BLOCK_EXAMPLES:
        messages += [{"role": "user", "content": latex}, {"role": "assistant", "content": typst}]
    return [*messages, {"role": "user", "content": unit.latex}]


def _answer(reply: Any, formula: bool) -> str | None:
    """The Typst of an answer; ``None`` when it was cut off or is no answer at all."""
    try:
        choice = reply["choices"][0]
        text = choice["message"]["content"] if "message" in choice else choice["text"]
        finish = choice.get("finish_reason")
    except (KeyError, IndexError, TypeError):
        return None
    if not isinstance(text, str) or finish == "length":
        return None
    return _unwrapped(_THOUGHTS.sub("", text).strip(), formula)


def _unwrapped(text: str, formula: bool) -> str:
    if fenced := _FENCE.match(text):
        text = fenced.group(1).strip()
    if formula and len(text) > 1 and text[0] == text[-1] == "$":
        return text[1:-1].strip()
    return text


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        body = json.loads(error.read(10_000))
        found = body.get("error", body)
        text = found.get("message", found) if isinstance(found, dict) else found
    except (ValueError, OSError, AttributeError):
        text = error.reason
    return " ".join(str(text).split())[:160]


def _wanted_pause(error: urllib.error.HTTPError, usual: float) -> float:
    try:
        return min(float(error.headers.get("Retry-After", usual)), LONGEST_PAUSE)
    except ValueError:
        return usual
