"""Deliberately wrong conversions, made from right ones. Seeded: always the same."""

import random
import re
from collections.abc import Callable
from itertools import pairwise

from tests.verify.blocks.cases import Case, Change, Pair

# Code, formulas, strings and labels are not prose: faults in words are made elsewhere.
_NOT_PROSE = re.compile(
    r"```.*?```|`[^`]*`|\$[^$]*\$|\"[^\"]*\"(?=[,)])|<[\w:.-]+>|@[\w:.-]+|#\w[\w.]*|\w+:(?=\s)", re.S
)
_WORD = re.compile(r"(?<![\w\\#@<:.-])[A-Za-zÀ-ž]{3,}(?![\w(:-])")
_CALL_WORDS = {
    "table",
    "grid",
    "image",
    "caption",
    "columns",
    "cell",
    "header",
    "figure",
    "align",
    "center",
    "width",
    "form",
}


def _prose_words(typst: str) -> list[re.Match[str]]:
    hidden = _NOT_PROSE.sub(lambda match: "\x00" * len(match[0]), typst)
    return [match for match in _WORD.finditer(hidden) if match[0] not in _CALL_WORDS]


def _cut(text: str, start: int, end: int, new: str = "") -> str:
    return text[:start] + new + text[end:]


def _pick(pattern: str, text: str, rng: random.Random, flags: int = 0) -> re.Match[str] | None:
    found = list(re.finditer(pattern, text, flags))
    return rng.choice(found) if found else None


def _replace_one(pattern: str, new: str) -> Change:
    def change(typst: str, rng: random.Random) -> str | None:
        match = _pick(pattern, typst, rng, re.M)
        return None if match is None else _cut(typst, *match.span(), match.expand(new))

    return change


def _drop_word(typst: str, rng: random.Random) -> str | None:
    words = _prose_words(typst)
    if len(words) < 2:
        return None
    word = rng.choice(words)
    return _cut(typst, *word.span())


def _change_word(typst: str, rng: random.Random) -> str | None:
    words = _prose_words(typst)
    if not words:
        return None
    word = rng.choice(words)
    return _cut(typst, *word.span(), word[0][0] + word[0][2:])


def _swap_words(typst: str, rng: random.Random) -> str | None:
    words = _prose_words(typst)
    pairs = [(a, b) for a, b in pairwise(words) if a[0] != b[0] and typst[a.end() : b.start()] == " "]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return typst[: a.start()] + b[0] + " " + a[0] + typst[b.end() :]


def _double_word(typst: str, rng: random.Random) -> str | None:
    words = _prose_words(typst)
    if not words:
        return None
    word = rng.choice(words)
    return _cut(typst, *word.span(), f"{word[0]} {word[0]}")


def _paragraphs(typst: str) -> list[str]:
    return typst.split("\n\n")


def _drop_paragraph(typst: str, rng: random.Random) -> str | None:
    parts = _paragraphs(typst)
    if len(parts) < 2 or "[" in typst:
        return None
    parts.pop(rng.randrange(len(parts)))
    return "\n\n".join(parts)


def _double_paragraph(typst: str, rng: random.Random) -> str | None:
    return None if "<" in typst else f"{typst}\n\n{typst}"


def _join_paragraphs(typst: str, rng: random.Random) -> str | None:
    match = _pick(r"(?<=[a-zé][.!?])\n\n(?=[A-Z][a-z])", typst, rng)
    if match is None or re.search(r"^[-+/] ", typst, re.M):
        return None
    return _cut(typst, *match.span(), "\n")


def _split_paragraph(typst: str, rng: random.Random) -> str | None:
    if not re.match(r"[A-Z][a-z]", typst) or "\n\n" in typst:
        return None
    # After a displayed formula the export does not say whether a paragraph goes on: a known blind spot.
    words = [word for word in _prose_words(typst)[1:] if re.search(r"[a-z,] $", typst[: word.start()])]
    if not words:
        return None
    word = rng.choice(words)
    return _cut(typst, *word.span(), "\n\n" + word[0])


def _drop_cjk(typst: str, rng: random.Random) -> str | None:
    match = _pick(r"[\u4e00-\u9fff]", typst, rng)
    return None if match is None else _cut(typst, *match.span())


def _space_in_cjk(typst: str, rng: random.Random) -> str | None:
    match = _pick(r"(?<=[\u3040-\u30ff\u4e00-\u9fff])(?=[\u3040-\u30ff\u4e00-\u9fff])", typst, rng)
    return None if match is None else _cut(typst, *match.span(), " ")


_CELL = r"(?<=[ (,\n])(?<!caption: )(?:table\.cell\([^()]*\))?\[(?:[^\[\]]|\[[^\[\]]*\])+\](?=,|\s*\))"


def _cells(typst: str) -> list[re.Match[str]]:
    return list(re.finditer(_CELL, typst)) if "table(" in typst else []


def _drop_cell(typst: str, rng: random.Random) -> str | None:
    cells = _cells(typst)[:-1]
    if not cells:
        return None
    cell = rng.choice(cells)
    return _cut(typst, cell.start(), cell.end() + 1)


def _empty_cell(typst: str, rng: random.Random) -> str | None:
    cells = _cells(typst)
    if not cells:
        return None
    cell = rng.choice(cells)
    return _cut(typst, cell.start() + cell[0].index("["), cell.end(), "[]")


def _swap_cells(typst: str, rng: random.Random) -> str | None:
    cells = _cells(typst)
    pairs = [(a, b) for a, b in pairwise(cells) if a[0] != b[0]]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return typst[: a.start()] + b[0] + typst[a.end() : b.start()] + a[0] + typst[b.end() :]


def _drop_row(typst: str, rng: random.Random) -> str | None:
    match = _pick(r"^ +\[.*\],\n(?= +\[)", typst, rng, re.M) if "table(" in typst else None
    return None if match is None else _cut(typst, *match.span())


def _fewer_columns(typst: str, rng: random.Random) -> str | None:
    match = re.search(r"table\(\s*columns: (\d)", typst)
    if match is None or "colspan" in typst:
        return None
    return _cut(typst, *match.span(1), str(int(match[1]) - 1 or 2))


_ITEM = r"^( *)([-+]|/ [^:\n]+:) .*\n?"


def _drop_item(typst: str, rng: random.Random) -> str | None:
    match = _pick(_ITEM, typst, rng, re.M)
    return None if match is None or typst.count("\n") == 0 else _cut(typst, *match.span())


def _double_item(typst: str, rng: random.Random) -> str | None:
    match = _pick(r"^( *)[-+] [^\n]*\n", typst, rng, re.M)
    return None if match is None else _cut(typst, match.end(), match.end(), match[0])


def _swap_items(typst: str, rng: random.Random) -> str | None:
    match = _pick(r"^( *[-+] [^\n]*\n)( *[-+] [^\n]*\n)", typst, rng, re.M)
    if match is None or re.match(r" *", match[1])[0] != re.match(r" *", match[2])[0]:  # type: ignore[index]
        return None
    return _cut(typst, *match.span(), match[2] + match[1])


def _nest_item(typst: str, rng: random.Random) -> str | None:
    match = _pick(r"^[-+] [^\n]*\n(?=[-+] )", typst, rng, re.M)
    return None if match is None else _cut(typst, match.end(), match.end(), "  ")


def _code_lines(typst: str) -> re.Match[str] | None:
    return re.search(r"(```\w*\n)(.*?)(\n```)", typst, re.S)


def _drop_code_line(typst: str, rng: random.Random) -> str | None:
    block = _code_lines(typst)
    if block is None:
        return None
    lines = block[2].split("\n")
    lines.pop(rng.randrange(len(lines)))
    return _cut(typst, *block.span(2), "\n".join(lines))


def _dedent_code(typst: str, rng: random.Random) -> str | None:
    block = _code_lines(typst)
    return None if block is None else _cut(typst, *block.span(2), re.sub(r"^ +", "", block[2], flags=re.M))


def _join_code(typst: str, rng: random.Random) -> str | None:
    block = _code_lines(typst)
    return None if block is None else _cut(typst, *block.span(2), block[2].replace("\n", " ", 1))


def _formula(change: Callable[[str, random.Random], str | None]) -> Change:
    def apply(typst: str, rng: random.Random) -> str | None:
        formulas = [
            match
            for match in re.finditer(r"\$([^$]+)\$", typst)
            if "square" not in match[1] and "\\" not in match[1]
        ]
        if not formulas:
            return None
        match = rng.choice(formulas)
        new = change(match[1], rng)
        return (
            None if new is None or new == match[1] else _cut(typst, *match.span(), f"${new}$" if new else "")
        )

    return apply


def _swap_formulas(typst: str, rng: random.Random) -> str | None:
    formulas = [match for match in re.finditer(r"\$[^$]+\$", typst) if "square" not in match[0]]
    pairs = [
        (a, b)
        for a, b in pairwise(formulas)
        if a[0] != b[0] and a[0].startswith("$ ") == b[0].startswith("$ ")
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return typst[: a.start()] + b[0] + typst[a.end() : b.start()] + a[0] + typst[b.end() :]


def _other_letter(formula: str, rng: random.Random) -> str | None:
    match = _pick(r"(?<![A-Za-z])[a-z](?![A-Za-z])", formula, rng)
    return None if match is None else _cut(formula, *match.span(), "q")


def _all_text(typst: str, rng: random.Random) -> str | None:
    """Everything gone but an empty block: compiles, and says nothing."""
    return "#[]"


FAULTS: dict[str, Change] = {
    "dropped word": _drop_word,
    "misspelt word": _change_word,
    "swapped words": _swap_words,
    "doubled word": _double_word,
    "dropped paragraph": _drop_paragraph,
    "duplicated block": _double_paragraph,
    "joined paragraphs": _join_paragraphs,
    "split paragraph": _split_paragraph,
    "dropped CJK character": _drop_cjk,
    "space inside CJK": _space_in_cjk,
    "heading deeper": _replace_one(r"^(=+) ", r"=\1 "),
    "heading lost": _replace_one(r"^=+ ", ""),
    "paragraph became heading": _replace_one(r"\A(?=[A-Z][a-z])", "= "),
    "bold lost": _replace_one(r"\*(?!\.)([^*\n]+)\*", r"\1"),
    "bold became italic": _replace_one(r"(?<!^)\*([^*_\n]+)\*", r"#emph[\1]"),
    "italic lost": _replace_one(r"(?<![\w\\])_([^_\n]+)_(?!\w)", r"\1"),
    "italic became bold": _replace_one(r"(?<![\w\\])_(?!Proof)([^_*\n]+)_(?!\w)", r"#strong[\1]"),
    "emphasis too long": _replace_one(r"(?<![\w\\])_([^_\n]+)_ (\w+)", r"_\1 \2_"),
    "code style lost": _replace_one(r"(?<!`)`([\w. ]+)`(?!`)", r"\1"),
    "sub became super": _replace_one(r"#sub\[", "#super["),
    "super lost": _replace_one(r"#super\[(\w+)\]", r"\1"),
    "underline lost": _replace_one(r"#underline\[(\w+)\]", r"\1"),
    "small capitals lost": _replace_one(r"#smallcaps\[(\w+)\]", r"\1"),
    "footnote lost": _replace_one(r"#footnote\[(?:[^\[\]]|\[[^\[\]]*\])*\]", ""),
    "footnote in the text": _replace_one(r"#footnote\[((?:[^\[\]]|\[[^\[\]]*\])*)\]", r" (\1)"),
    "caption lost": _replace_one(r"\n *caption: \[.*\],(?=\n\))", ""),
    "caption word lost": _replace_one(r"(caption: \[)\S+ ", r"\1"),
    "picture changed": _replace_one(r"(image\(\"[^\"]*)(\.\w+\")", r"\1-old\2"),
    "picture lost": _replace_one(r"image\(\"[^\"]*\"[^)]*\)", "[]"),
    "cell dropped": _drop_cell,
    "cell emptied": _empty_cell,
    "cells swapped": _swap_cells,
    "row dropped": _drop_row,
    "column count wrong": _fewer_columns,
    "span lost": _replace_one(r"table\.cell\((?:col|row)span: \d\)", ""),
    "span too wide": _replace_one(r"colspan: 2", "colspan: 1"),
    "span turned": _replace_one(r"rowspan: 2", "colspan: 2"),
    "table became text": _replace_one(r"table\(\s*columns: \d,", "stack(spacing: 1em,"),
    "item dropped": _drop_item,
    "item doubled": _double_item,
    "items swapped": _swap_items,
    "nesting flattened": _replace_one(r"^ +([-+] )", r"\1"),
    "item nested": _nest_item,
    "numbers became bullets": _replace_one(r"^\+ ", "- "),
    "bullets became numbers": _replace_one(r"^- ", "+ "),
    "term lost": _replace_one(r"^/ [^:\n]+: ", "- "),
    "list became text": _replace_one(r"^[-+] ", ""),
    "code line dropped": _drop_code_line,
    "code indentation lost": _dedent_code,
    "code lines joined": _join_code,
    "formula lost": _formula(lambda formula, rng: ""),
    "formula letter": _formula(_other_letter),
    "formula sign": _formula(lambda formula, rng: formula.replace("+", "-", 1).replace("<", ">", 1)),
    "formula displayed": _formula(
        lambda formula, rng: f" {formula} " if formula[0] != " " else formula.strip()
    ),
    "formulas swapped": _swap_formulas,
    "formula as text": _replace_one(r"\$([a-z])\$", r"\1"),
    "reference lost": _replace_one(r"@[a-z]+:[a-z]+", ""),
    "reference to another": _replace_one(r"@([a-z]+:[a-z]+)", r"@\1-b"),
    "reference as text": _replace_one(r"@[a-z]+:[a-z]+", "Figure 1"),
    "name of reference doubled": _replace_one(r"@(fig|tab|sec):", r"Fig. @\1:"),
    "citation lost": _replace_one(r" @[a-z]+\d+(\[[^\]]*\])?", ""),
    "citation of another": _replace_one(r"@[a-z]+\d+", "@other2020"),
    "citation note lost": _replace_one(r"(@[a-z]+\d+)\[[^\]]*\]", r"\1"),
    "citation form": _replace_one(r", form: \"prose\"", ""),
    "label lost": _replace_one(r" <[\w:]+>$", ""),
    "label changed": _replace_one(r"<([\w:]+)>(?=$)", r"<\1-x>"),
    "link lost": _replace_one(r"#link\(\"[^\"]+\"\)\[([^\]]+)\]", r"\1"),
    "link changed": _replace_one(r"(#link\(\"[^\"]+)\"", r'\1s"'),
    "quotation lost": _replace_one(r"#quote\(block: true\)", "#block"),
    "quotation marks lost": _replace_one(r"(?<=\s)\"([^\"\n]+)\"", r"\1"),
    "dash shortened": _replace_one(r"(?<!-)--(?!-)", "-"),
    "theorem head lost": _replace_one(r"^\*(?:Theorem|Lemma|Definition) 1\.?\*", ""),
    "theorem of another kind": _replace_one(r"^\*(?:Theorem|Lemma|Definition) 1", "*Corollary 1"),
    "theorem title lost": _replace_one(r" \(Mean tide\)", ""),
    "proof head lost": _replace_one(r"^_Proof\._ ", ""),
    "start number lost": _replace_one(r"#set enum\(start: \d\)\n", ""),
    "number changed": _replace_one(r"(?<=\[)(\d+)(?=\])", r"\g<1>1"),
    "escape visible": _replace_one(r"\\_", "\\\\\\_"),
    "comment shown": _replace_one(r"\n", " a comment that nobody prints\n"),
    "everything deleted": _all_text,
    "everything in a comment": _replace_one(r"\A", "/* "),
    "LaTeX left over": _replace_one(r"\A(?=[A-Z])", r"\\\\noindent "),
}


def wrong_cases(pairs: list[Pair], seed: int = 7, per_fault: int = 4) -> list[Case]:
    """Up to ``per_fault`` wrong conversions of each kind, each from another pair."""
    rng = random.Random(seed)
    cases: list[Case] = []
    for fault, change in FAULTS.items():
        order = rng.sample(pairs, len(pairs))
        made = 0
        for pair in order:
            typst = change(pair.typst, rng)
            if typst is None or typst == pair.typst:
                continue
            cases.append(Case(pair.unit, typst, fault))
            made += 1
            if made == per_fault:
                break
    return cases
