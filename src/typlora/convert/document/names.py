"""Names of authors in a ``.bib`` file, as citations print them."""

import re

from typlora.convert.document.bibtex import Record, clean_field

_AND = re.compile(r"\s+and\s+", re.I)


def surnames(record: Record) -> list[str]:
    """Family names (with ``von``) of the authors, else the editors; ``et al.`` where the file says others."""
    for field in ("author", "editor"):
        value = clean_field(field, record.fields.get(field, ""))
        if value:
            return [_surname(name) for name in _split(value)]
    return []


def short_names(record: Record) -> str:
    """``Knuth``, ``Knuth and Lamport`` or ``Knuth et al.``; the key where there is no name."""
    names = surnames(record)
    if len(names) > 2 or "et al." in names:
        return f"{names[0]} et al."
    return " and ".join(names) or record.key


def all_names(record: Record) -> str:
    """``Knuth, Lamport, and Moo``; the key where there is no name."""
    names = surnames(record)
    if len(names) < 3:
        return " and ".join(names).replace("and et al.", "et al.") or record.key
    last = names[-1] if names[-1] == "et al." else f"and {names[-1]}"
    return ", ".join(names[:-1]) + f", {last}"


def _split(value: str) -> list[str]:
    """At every ``and`` outside of braces."""
    out: list[str] = []
    start = depth = index = 0
    while index < len(value):
        depth += (value[index] == "{") - (value[index] == "}")
        found = _AND.match(value, index) if depth == 0 and value[index].isspace() else None
        if found:
            out.append(value[start : found.start()])
            start = index = found.end()
        else:
            index += 1
    return [name for name in (part.strip() for part in [*out, value[start:]]) if name]


def _surname(name: str) -> str:
    if name.lower() == "others":
        return "et al."
    if name.startswith("{") and name.endswith("}"):
        return name.strip("{}")
    if "," in name:
        return re.sub(r"[{}]", "", name.partition(",")[0]).strip()
    words = re.findall(r"(?:\{[^{}]*\}|[^\s{}])+", name)
    first = len(words) - 1
    while first > 1 and words[first - 1][:1].islower():  # van der Berg
        first -= 1
    return re.sub(r"[{}]", "", " ".join(words[first:]))
