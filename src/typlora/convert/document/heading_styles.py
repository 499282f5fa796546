"""What authors say about the look of headings with titlesec and sectsty: colour, size, weight, case, a rule.

Read as text from the preamble and from classes beside the document, whose own definitions are not converted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from typlora.convert.document.colors import color
from typlora.convert.document.context import Context
from typlora.convert.document.headings import ORDER
from typlora.convert.document.nodes import Group
from typlora.convert.document.tally import count
from typlora.convert.document.theorem_rules import LEVELS
from typlora.tex.lexer import bracket_end, group_end, skip_blank

_SIZES = {
    "tiny": 0.5, "scriptsize": 0.7, "footnotesize": 0.8, "small": 0.9, "normalsize": 1.0, "large": 1.2,
    "Large": 1.44, "LARGE": 1.73, "huge": 2.07, "Huge": 2.49,
}  # fmt: skip
_TYPST = {1: 1.4, 2: 1.2}  # sizes of Typst's own headings
_COMMAND = re.compile(r"\\(titleformat|(?:all|sub|subsub)?section(?:s)?font)(?![A-Za-z])")
_COLOR = re.compile(r"\\color\s*(?:\[(\w+)\])?\s*\{([^{}]*)\}")
_NAMED = re.compile(r"\\definecolor\s*\{([^{}]*)\}\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_CARRIED = {
    *_SIZES, "normalfont", "bfseries", "bf", "mdseries", "itshape", "slshape", "upshape", "scshape",
    "rmfamily", "selectfont", "MakeUppercase", "uppercase", "filcenter", "centering", "filleft", "raggedleft",
    "raggedright", "filright", "titlerule",
}  # fmt: skip
_LOST = "layout not carried over: styles of headings and captions"


@dataclass(frozen=True, slots=True)
class HeadingStyle:
    """``format`` and what stands around the title, as LaTeX; ``added`` keeps the class's own size and weight;
    ``label`` is None where the number stays as it is."""

    level: int
    format: str
    label: str | None = None
    before: str = ""
    behind: str = ""
    added: bool = False


def read_heading_styles(context: Context) -> None:
    """Remember the styles that classes, packages and the document itself give; the last one counts."""
    for package in context.project.packages:
        for name, model, value in _NAMED.findall(package.text):
            if fill := color(context, value, model):
                context.colors.setdefault(name, fill)
        for _, _, style in _styles(package.text, context.chapters):
            context.heading_styles[style.level] = style
    for start, stop, style in _styles(context.text.partition("\\begin{document}")[0], context.chapters):
        context.heading_styles[style.level] = style
        if not _is_carried(style):
            name = "sectionfont" if style.added else "titleformat"
            count(context, _LOST, Group([], start, stop), name, "")


def style_rules(context: Context) -> list[str]:
    """Rules for the levels that the document has."""
    lines: list[str] = []
    for level, style in sorted(context.heading_styles.items()):
        if f"level-{level}" in context.needs and f"run-in-{level}" not in context.needs:
            lines += [f"#show heading.where(level: {level}): {rule}" for rule in _rules(context, style)]
    return lines


def without_number(context: Context) -> list[int]:
    """Levels whose numbers are not printed, and that nothing refers to."""
    if any(target.name in ORDER and target.keys for target in context.targets.values()):
        return []
    return [
        level
        for level, style in context.heading_styles.items()
        if style.label is not None and not style.label
    ]


def _rules(context: Context, style: HeadingStyle) -> list[str]:
    said = style.format
    arguments: list[str] = []
    size = next((factor for name, factor in _SIZES.items() if _has(said, name)), None if style.added else 1.0)
    base = _TYPST.get(style.level, 1.0) * (1.5 if context.chapters and style.level == 1 else 1.0)
    if size is not None and abs(size / base - 1) > 0.01:
        arguments.append(f"{round(size / base, 2):g}em")
    if not (style.added or _has(said, "bfseries") or _has(said, "bf")) or _has(said, "mdseries"):
        arguments.append('weight: "regular"')
    if _has(said, "itshape") or _has(said, "slshape"):
        arguments.append('style: "italic"')
    if (found := _COLOR.search(said)) and (fill := color(context, found[2], found[1] or "")):
        arguments.append(f"fill: {fill}")
    rules = [f"set text({', '.join(arguments)})"] if arguments else []
    centred = any(_has(said, name) for name in ("filcenter", "centering"))
    if centred or any(_has(said, name) for name in ("filleft", "raggedleft")):
        rules.append(f"set align({'center' if centred else 'right'})")
    if _has(said, "scshape"):
        rules.append("smallcaps")
    if re.search(r"\\(?:MakeU|u)ppercase", said + style.before):
        rules.append("upper")
    if "\\titlerule" in style.behind:
        rules.append("it => it + block(above: 0.4em, line(length: 100%, stroke: 0.5pt))")
    return rules


def _has(text: str, name: str) -> bool:
    return re.search(rf"\\{name}(?![A-Za-z])", text) is not None


def _is_carried(style: HeadingStyle) -> bool:
    said = _COLOR.sub("", f"{style.format} {style.before} {style.behind}")
    label = "" if style.label is None else re.sub(r"\\the(?:sub)*section|\\thechapter", "", style.label)
    return set(re.findall(r"\\([A-Za-z]+)", said)) <= _CARRIED and not label


def _styles(text: str, chapters: bool) -> Iterator[tuple[int, int, HeadingStyle]]:
    text = re.sub(r"(?<!\\)%[^\n]*", lambda found: " " * len(found[0]), text)
    for found in _COMMAND.finditer(text):
        position, name = found.end(), found[1]
        if name != "titleformat":
            (format_,), stop = _groups(text, position, "{")
            levels = [1, 2, 3] if name.startswith("all") else [name.removesuffix("font").count("sub") + 1]
            for level in levels:
                yield found.start(), stop, HeadingStyle(level + chapters, format_, added=True)
            continue
        starred = text.startswith("*", position)
        spec = "{{" if starred else "{[{{{{["
        parts, stop = _groups(text, position + starred, spec)
        known = re.fullmatch(r"\s*\\(\w+)\s*|\s*name=\\(\w+)\s*", parts[0])
        level = LEVELS.get((known[1] or known[2]) if known else "", -1) + chapters
        if level < 1:
            continue
        if starred:
            yield found.start(), stop, HeadingStyle(level, parts[1])
        elif parts[1].strip() in {"", "hang", "block"}:
            label = _COLOR.sub("", parts[3]).strip()
            yield found.start(), stop, HeadingStyle(level, parts[2], label, parts[5], parts[6])


def _groups(text: str, position: int, spec: str) -> tuple[list[str], int]:
    """Arguments in braces and brackets; empty where they are missing."""
    out: list[str] = []
    for kind in spec:
        start = skip_blank(text, position)
        stop = -1
        if text.startswith(kind, start):
            stop = group_end(text, start, 2_000) if kind == "{" else bracket_end(text, start, 2_000)
        out.append(text[start + 1 : stop - 1] if stop > 0 else "")
        position = max(position, stop)
    return out, position
