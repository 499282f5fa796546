"""The three shapes a data row may have, told apart row by row.

    current       {"prompt": [{"role": "user", "content": ...}],
                   "completion": [{"role": "assistant", "content": ...}], "meta"?: {...}}
    older         {"system", "instruction", "input", "output"}
    preprocessed  {"text"}: a whole conversation already written with a chat template, or with the original
                  project's headings (システム, 指示, 入力, 出力)

Each is reduced to the same two texts: what the user gave and what the assistant answers. The original
project put a Japanese instruction before the LaTeX; it is recognised and taken off, so that both
prompts are one task.
"""

import re
from collections.abc import Mapping
from typing import Any

ORIGINAL_INSTRUCTION = "LaTeXをTypstに変換してください: "

# The instruction in the spellings met so far: full-width or ASCII colon, with or without it.
_INSTRUCTION = re.compile(
    r"\A\s*(?:(?:以下の|次の)?\s*LaTeX(?:コード|文書)?\s*を\s*Typst(?:コード)?\s*に変換して(?:ください|下さい)"
    r"|(?:Convert|Translate)\s+(?:the\s+following\s+|this\s+)?LaTeX(?:\s+code)?\s+(?:in)?to\s+Typst"
    r"|LaTeX\s*(?:→|->|=>|⇒)\s*Typst)"
    r"\s*[::。.]?[ \t]*\n?",
    re.IGNORECASE,
)

# Chat templates of preprocessed rows: the text of the last user turn and the answer that follows it.
_TEMPLATES = (
    re.compile(
        r"<\|start_header_id\|>user<\|end_header_id\|>\s*(?P<user>.*?)<\|eot_id\|>\s*"
        r"<\|start_header_id\|>assistant<\|end_header_id\|>\s*(?P<answer>.*?)(?:<\|eot_id\|>|<\|end_of_text\|>|\Z)",
        re.DOTALL,
    ),
    re.compile(
        r"<\|im_start\|>user\s*\n(?P<user>.*?)<\|im_end\|>\s*"
        r"<\|im_start\|>assistant\s*\n(?P<answer>.*?)(?:<\|im_end\|>|<\|endoftext\|>|\Z)",
        re.DOTALL,
    ),
    re.compile(
        r"\[INST\]\s*(?:<<SYS>>.*?<</SYS>>)?(?P<user>.*?)\[/INST\](?P<answer>.*?)(?:</s>|\Z)", re.DOTALL
    ),
    re.compile(
        r"###\s*Instruction:\s*(?P<instruction>.*?)###\s*Input:\s*(?P<user>.*?)###\s*(?:Response|Output):\s*"
        r"(?P<answer>.*?)(?:</s>|<\|endoftext\|>|\Z)",
        re.DOTALL,
    ),
    re.compile(
        r"###\s*Instruction:\s*(?P<user>.*?)###\s*(?:Response|Output):\s*(?P<answer>.*?)(?:</s>|<\|endoftext\|>|\Z)",
        re.DOTALL,
    ),
    re.compile(
        r"^[ \t]*(?:入力|Input)[ \t]*[\uff1a:](?P<user>.*?)"
        r"^[ \t]*(?:出力|Output)[ \t]*[\uff1a:](?P<answer>.*?)(?:</s>|<\|endoftext\|>|\Z)",
        re.DOTALL | re.MULTILINE,
    ),
)

SHAPES = 'current {"prompt","completion"}, older {"instruction","input","output"} or preprocessed {"text"}'


def without_instruction(content: str) -> str:
    """``content`` without the original project's instruction before the LaTeX."""
    return _INSTRUCTION.sub("", content, count=1)


def is_instruction(content: str) -> bool:
    """Whether ``content`` is the instruction and nothing else."""
    return bool(content.strip()) and not without_instruction(content).strip()


def turns(record: Mapping[str, Any]) -> tuple[str, str]:
    """What the user gave and what the assistant answers, instruction taken off, ends stripped.

    Raises ``ValueError`` with the reason where the record has none of the three shapes.
    """
    if "prompt" in record or "completion" in record:
        user, answer = _current(record)
    elif "output" in record and ("input" in record or "instruction" in record):
        user, answer = _older(record)
    elif "text" in record:
        user, answer = _preprocessed(record)
    else:
        raise ValueError(
            f"has none of the shapes {SHAPES}; its keys are {', '.join(sorted(record)) or 'none'}"
        )
    user, answer = without_instruction(user).strip(), answer.strip()
    if not user:
        raise ValueError("has an empty prompt")
    if not answer:
        raise ValueError("has an empty completion")
    return user, answer


def _current(record: Mapping[str, Any]) -> tuple[str, str]:
    for key in ("prompt", "completion"):
        if key not in record:
            raise ValueError(f"has no '{key}'")
    return _content(record["prompt"], "user", "prompt"), _content(
        record["completion"], "assistant", "completion"
    )


def _content(messages: Any, role: str, key: str) -> str:
    """The last message of ``role``; a bare string is taken as it stands."""
    if isinstance(messages, str):
        return messages
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise ValueError(f"has a '{key}' that is not a list of messages")
    found = [message.get("content") for message in messages if message.get("role") == role]
    if not found:
        raise ValueError(f"has no message with role '{role}' in '{key}'")
    if not isinstance(found[-1], str):
        raise ValueError(f"has a message in '{key}' whose content is not text")
    return found[-1]


def _older(record: Mapping[str, Any]) -> tuple[str, str]:
    values = [record.get(key) or "" for key in ("instruction", "input", "output")]
    if not all(isinstance(value, str) for value in values):
        raise ValueError("has an instruction, input or output that is not text")
    instruction, given, answer = values
    return (given if given.strip() else instruction), answer


def _preprocessed(record: Mapping[str, Any]) -> tuple[str, str]:
    text = record["text"]
    if not isinstance(text, str):
        raise ValueError("has a 'text' that is not text")
    for template in _TEMPLATES:
        if found := list(template.finditer(text)):
            return found[-1].group("user"), found[-1].group("answer")
    raise ValueError(
        "has a 'text' in which no chat template is recognised, so prompt and answer cannot be told apart; "
        "write 入力: and 出力: (or Input: and Output:) before them, or use another format"
    )
