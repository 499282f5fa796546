"""The ONE prompt encoder, used by training and inference alike.

A chat template costs thirty tokens a formula and changes under our feet (one adds a system message, another
today's date). Here a prompt is: one special token that says the task, the LaTeX, one separator:

    convert:  <task> LATEX <answer>                              -> TYPST <end>
    repair:   <task> LATEX <refused> TYPST <complaint> WHY <answer>  -> TYPST <end>

The marks are special tokens that the vocabulary already has and that cannot occur in text, so embeddings need
no resizing and no input can forge one. The template hash covers the marks, the normalisation and the
tokenizer's behaviour on probes; adapters carry it and are refused on another.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from typlora.errors import ModelError

TEMPLATE_VERSION = 1
TASKS = ("inline", "display", "block", "repair-inline", "repair-display", "repair-block")
MARKS = (*TASKS, "answer", "refused", "complaint", "pad")

# Tokens that exist in a vocabulary and mean nothing to our task, in the order of MARKS.
_KNOWN_MARKS: tuple[tuple[str, ...], ...] = (
    (  # SmolLM2
        "<jupyter_text>", "<jupyter_code>", "<jupyter_script>", "<issue_start>", "<issue_comment>",
        "<issue_closed>", "<jupyter_output>", "<empty_output>", "<gh_stars>", "<|endoftext|>",
    ),
    tuple(f"<|reserved_special_token_{n}|>" for n in range(10)),  # Llama 3 and its relatives
)  # fmt: skip
_ENDS = ("<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "</s>", "<|endoftext|>")
_PROBES = ("x_1", r"\frac{a}{2}+\text{ if }", "漢字 α", "\n  y", "<|im_end|>", "a % note\n b", "1234.5")
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*|$)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Encoded:
    """A training row: ``input_ids[:prompt_length]`` is the prompt, the rest the completion ending in EOS."""

    input_ids: tuple[int, ...]
    prompt_length: int

    @property
    def completion_length(self) -> int:
        return len(self.input_ids) - self.prompt_length


def normalise_latex(latex: str) -> str:
    """What means nothing to LaTeX is taken out: comments, line breaks, repeated and outer blanks.

    Deterministic and idempotent; blanks inside are kept as one, since inside ``\\text`` they matter.
    """
    previous = None
    while previous != latex:  # a removed comment can join pieces into a new one
        previous = latex
        latex = _SPACE.sub(" ", _COMMENT.sub(r"\1", latex)).strip()
    return latex


class PromptEncoder:
    """Turns LaTeX into prompt tokens, pairs into training rows, and tokens back into Typst."""

    def __init__(self, tokenizer: Any) -> None:
        """``tokenizer`` is a ``tokenizers.Tokenizer``; ``ModelError`` if its vocabulary lacks our marks."""
        self._tokenizer = tokenizer
        # Text that spells a special token is text: user input must not be able to end the prompt.
        tokenizer.encode_special_tokens = True
        tokenizer.no_truncation()
        tokenizer.no_padding()
        for names in _KNOWN_MARKS:
            ids = [tokenizer.token_to_id(name) for name in names]
            if None not in ids:
                self._marks: dict[str, int] = dict(zip(MARKS, ids, strict=True))
                break
        else:
            raise ModelError(
                "this vocabulary has no spare special tokens we know; add them in model/prompt.py"
            )
        end = next((i for name in _ENDS if (i := tokenizer.token_to_id(name)) is not None), None)
        if end is None or end in self._marks.values():
            raise ModelError("this vocabulary has no end-of-text token distinct from the padding token")
        self.eos_id: int = end
        self.pad_id: int = self._marks["pad"]

    @property
    def mark_ids(self) -> frozenset[int]:
        """The control tokens, which no answer may contain."""
        return frozenset(self._marks.values())

    def token(self, number: int) -> str:
        """The vocabulary's own name of a token, which some inference libraries want instead of numbers."""
        return str(self._tokenizer.id_to_token(number))

    def as_text(self, ids: list[int]) -> str:
        """A prompt as the string that a tokenizer reading special tokens turns into ``ids`` again."""
        text: str = self._tokenizer.decode(ids, skip_special_tokens=False)
        return text

    @classmethod
    def from_folder(cls, folder: Path) -> "PromptEncoder":
        """Read ``tokenizer.json`` of a base (adapters are read with their base's)."""
        from tokenizers import Tokenizer

        path = folder / "tokenizer.json"
        if not path.is_file():
            raise ModelError(f"{path} is missing; a base folder carries its tokenizer")
        return cls(Tokenizer.from_file(str(path)))

    def encode_prompt(self, latex: str, display: bool = False, *, block: bool = False) -> list[int]:
        """Tokens of the prompt for one formula (or one block)."""
        task = "block" if block else ("display" if display else "inline")
        return [self._marks[task], *self._text(normalise_latex(latex)), self._marks["answer"]]

    def encode_repair(
        self, latex: str, refused: str, complaint: str, display: bool = False, *, block: bool = False
    ) -> list[int]:
        """Tokens of the prompt that shows a refused candidate and why it was refused."""
        task = "repair-" + ("block" if block else ("display" if display else "inline"))
        return [
            self._marks[task],
            *self._text(normalise_latex(latex)),
            self._marks["refused"],
            *self._text(refused.strip()),
            self._marks["complaint"],
            *self._text(complaint.strip()),
            self._marks["answer"],
        ]

    def encode_completion(self, typst: str) -> list[int]:
        """Tokens of the answer, with EOS at the end."""
        return [*self._text(typst.strip()), self.eos_id]

    def encode_pair(self, latex: str, typst: str, display: bool = False, *, block: bool = False) -> Encoded:
        """One training row."""
        prompt = self.encode_prompt(latex, display, block=block)
        return Encoded((*prompt, *self.encode_completion(typst)), len(prompt))

    def decode(self, ids: list[int]) -> str:
        """Typst of generated tokens, up to EOS (or to the first mark, which a model should never write)."""
        stops = {self.eos_id, *self._marks.values()}
        length = next((n for n, token in enumerate(ids) if token in stops), len(ids))
        text: str = self._tokenizer.decode(ids[:length], skip_special_tokens=True)
        return text.strip()

    def piece(self, number: int) -> str:
        """The text that one token adds, its leading space included."""
        return str(self._tokenizer.decode([number], skip_special_tokens=False))

    def show(self, ids: list[int]) -> list[str]:
        """Each token as readable text, for ``typlora data inspect``."""
        names = {number: f"<{name}>" for name, number in self._marks.items()}
        names[self.eos_id] = "<end>"
        return [names.get(i) or self.piece(i) for i in ids]

    @cached_property
    def template_hash(self) -> str:
        """Changes whenever any prompt would be encoded differently."""
        probes = [self.encode_pair(probe, probe, display=True).input_ids for probe in _PROBES]
        probes.append(tuple(self.encode_repair("x", "y", "z")))
        facts = [TEMPLATE_VERSION, self._marks, self.eos_id, probes]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]

    def _text(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids
