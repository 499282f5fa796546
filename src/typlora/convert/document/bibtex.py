"""Reading ``.bib`` files as they are found, and writing entries that Typst's strict reader accepts.

BibTeX itself forgives missing commas, undefined strings and stray text; so does this reader. An entry is
written with the fields Typst's styles use, LaTeX commands in them turned into Unicode.
"""

import re
from dataclasses import dataclass, field

_MONTHS = {
    name: str(number)
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), 1)
    for name in names.split()
}  # fmt: skip
_FIELDS = (
    "author", "editor", "title", "subtitle", "booktitle", "journal", "journaltitle", "year", "date",
    "volume", "number",
    "issue", "series", "edition", "pages", "publisher", "address", "location", "institution", "school",
    "organization",
    "howpublished", "note", "chapter", "type", "doi", "url", "isbn", "issn", "eprint", "eprinttype",
    "archiveprefix",
    "urldate", "month", "translator", "maintitle", "eventtitle", "pagetotal", "version",
)  # fmt: skip
_TYPES = frozenset(
    [
        "article",
        "book",
        "booklet",
        "inbook",
        "incollection",
        "inproceedings",
        "manual",
        "mastersthesis",
        "misc",
        "phdthesis",
        "proceedings",
        "techreport",
        "unpublished",
        "thesis",
        "report",
        "online",
        "collection",
        "periodical",
        "patent",
        "software",
        "dataset",
        "reference",
        "mvbook",
        "www",
        "conference",
    ]
)
_ENTRY = re.compile(r"@\s*([A-Za-z]+)\s*([{(])")
_NAME = re.compile(r"\s*([A-Za-z][\w\-+:.]*)\s*=\s*")


@dataclass(frozen=True, slots=True)
class Record:
    """One entry: type and field names in lower case, values as written without their outer braces."""

    kind: str
    key: str
    fields: dict[str, str] = field(default_factory=dict)


def read_records(text: str) -> list[Record]:
    """All entries of a file, in order; what is not an entry is skipped."""
    strings = {name: number for name, number in _MONTHS.items()}
    out: list[Record] = []
    position = 0
    while found := _ENTRY.search(text, position):
        kind = found[1].lower()
        start = found.end()
        position = start
        if kind == "comment":
            continue
        if kind in {"string", "preamble"}:
            if name := _NAME.match(text, start):
                value, position = _value(text, name.end(), strings)
                strings[name[1].lower()] = value
            continue
        key = re.compile(r"\s*([^\s,{}()=]*)\s*,?").match(text, start)
        if key is None or not key[1]:
            continue
        position = key.end()
        fields: dict[str, str] = {}
        while name := _NAME.match(text, position):
            value, position = _value(text, name.end(), strings)
            fields.setdefault(name[1].lower(), " ".join(value.split()))
            position = re.compile(r"[\s,]*").match(text, position).end()  # type: ignore[union-attr]
        out.append(Record(kind, key[1], fields))
    return out


def _value(text: str, position: int, strings: dict[str, str]) -> tuple[str, int]:
    """A value with its concatenations, and where it ends."""
    parts: list[str] = []
    while True:
        while position < len(text) and text[position].isspace():
            position += 1
        char = text[position : position + 1]
        if char in {"{", '"'} and char:
            part, position = _delimited(text, position)
        else:
            word = re.compile(r"[^\s,{}#\"@]*").match(text, position)
            assert word is not None
            part = strings.get(word[0].lower(), word[0])
            position = word.end()
        parts.append(part)
        joined = re.compile(r"\s*#").match(text, position)
        if joined is None:
            return "".join(parts), position
        position = joined.end()


def _delimited(text: str, position: int) -> tuple[str, int]:
    """The inside of braces or quotes; a value that is never closed ends where the next entry begins."""
    quoted = text[position] == '"'
    depth = 0
    index = position + 1 if quoted else position
    while index < len(text):
        char = text[index]
        if char == "\\":
            index += 2
            continue
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if not quoted and depth == 0:
                return text[position + 1 : index], index + 1
            if depth < 0:
                return text[position + 1 : index], index
        elif char == '"' and quoted and depth == 0:
            return text[position + 1 : index], index + 1
        elif char == "@" and text[index - 1] == "\n":
            break
        index += 1
    return text[position + 1 : index], index


def write_record(record: Record, label: str) -> str:
    """The entry as Typst reads it, under its Typst label."""
    kind = record.kind if record.kind in _TYPES else "misc"
    kind = "inproceedings" if kind == "conference" else kind
    lines = [f"@{kind}{{{label},"]
    for name in _FIELDS:
        if name in record.fields and (value := _clean(name, record.fields[name])):
            lines.append(f"  {name} = {{{value}}},")
    if not {"year", "date"} & record.fields.keys() and "title" not in record.fields:
        lines.append(f"  title = {{{_clean('title', record.key) or label}}},")
    return "\n".join([*lines, "}"]) + "\n"


def _clean(name: str, value: str) -> str:
    from typlora.convert.document.bibliography import plain_latex

    if name == "year":
        found = re.search(r"\d{4}", value)
        return found[0] if found else ""
    if name in {"date", "urldate"}:
        found = re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value.strip())
        return found[0] if found else (m[0] if (m := re.search(r"\d{4}", value)) and name == "date" else "")
    if name == "month":
        word = value.strip().strip(".{}").lower()
        return word if word.isdigit() and 1 <= int(word) <= 12 else _MONTHS.get(word, "")
    if name in {"url", "doi"}:
        value = re.sub(r"\\url\{([^{}]*)\}", r"\1", value)
        value = re.sub(r"\\([%#&_~$])", r"\1", value).strip().strip("{}")
        if name == "doi":
            value = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", value)
        elif not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s]+$", value):
            return ""
        return re.sub(r"[{}\\\s]", "", value)
    value = re.sub(r"\\(?:url|path)\{([^{}]*)\}", r"\1", value)
    value = re.sub(r"\\href\{[^{}]*\}", "", value)
    keep = name in {
        "title",
        "booktitle",
        "author",
        "editor",
        "journal",
        "subtitle",
        "institution",
        "publisher",
    }
    cleaned = plain_latex(value, braces=keep)
    cleaned = re.sub(r"[$^\\]", "", cleaned)
    if name in {"author", "editor", "translator"}:
        cleaned = re.sub(r"\s+and\s+(?=and\s)|\s+and\s*$|^\s*and\s+", " ", cleaned).strip().strip(",")
        cleaned = " and ".join(re.sub(r"(,[^,]*,[^,]*),.*", r"\1", part) for part in cleaned.split(" and "))
    return _balanced(cleaned.replace("%", "\\%").replace("&", "\\&").replace("#", "\\#").replace("_", "\\_"))


def _balanced(value: str) -> str:
    depth = 0
    for char in value:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            break
    return value if depth == 0 else re.sub(r"[{}]", "", value)
