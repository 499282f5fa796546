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
_SEPARATOR = re.compile(r"[\s,]*")
# A field within a value: the value before it was never closed.
_NEXT_FIELD = re.compile(
    r"[,}\"]?[ \t]*\n\s*(?:" + "|".join(_FIELDS) + r"|abstract|keywords)\s*=\s*(?:[{\"]|\w+\s*[,}\n])", re.I
)


@dataclass(frozen=True, slots=True)
class Record:
    """One entry: type and field names in lower case, values as written without their outer braces."""

    kind: str
    key: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that was mended in a file: the line, the key of the entry, and what was done."""

    line: int
    key: str
    what: str


def read_records(text: str, faults: list[Fault] | None = None) -> list[Record]:
    """All entries of a file, in order; what is not an entry is skipped. What is mended goes to ``faults``."""
    strings = {name: number for name, number in _MONTHS.items()}
    out: list[Record] = []
    position = line = counted = 0

    def fault(at: int, key: str, what: str) -> None:
        nonlocal line, counted
        line, counted = line + text.count("\n", counted, at), at
        if faults is not None:
            faults.append(Fault(line + 1, key, what))

    seen: set[str] = set()
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
            value, stop = _value(text, name.end(), strings)
            if cut := _NEXT_FIELD.search(value):
                stop = text.index(cut[0], name.end())
                value = value[: cut.start()]
                opened = value.count("{") - value.count("}")
                value = value.rstrip(' \n\t,}"' if opened <= 0 else ' \n\t,"') + "}" * max(0, opened)
                fault(name.start(), key[1], f"'{name[1]}' is never closed; it ends before the next field")
            fields.setdefault(name[1].lower(), " ".join(value.split()))
            separator = _SEPARATOR.match(text, stop)
            position = separator.end() if separator else stop
            if "," not in text[stop:position] and _NAME.match(text, position):
                fault(stop, key[1], f"a comma is missing behind '{name[1]}'")
        if key[1] in seen:
            fault(found.start(), key[1], "the key occurs again; the first entry counts")
        seen.add(key[1])
        out.append(Record(kind, key[1], fields))
    return _inherited(out)


def _inherited(records: list[Record]) -> list[Record]:
    """``crossref``: fields an entry lacks are those of its parent, whose title is the book's."""
    parents = {record.key.lower(): record for record in reversed(records)}
    out: list[Record] = []
    for record in records:
        parent = parents.get(record.fields.get("crossref", "").lower())
        if parent is None or parent is record:
            out.append(record)
            continue
        given = {name: value for name, value in parent.fields.items() if name not in {"title", "crossref"}}
        if "title" in parent.fields:
            given.setdefault("booktitle", parent.fields["title"])
        out.append(Record(record.kind, record.key, {**given, **record.fields}))
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
    fields = dict(record.fields)
    address = re.search(r"\\url\s*\{([^{}]*)\}|^(https?://\S+)$", fields.get("howpublished", "").strip())
    if address and "url" not in fields:
        fields["url"] = address[1] or address[2]
    if not fields.get("publisher") and (house := _house(fields)):
        fields["publisher"] = house  # no style of Typst prints the others
    for name in _FIELDS:
        if name in fields and (value := clean_field(name, fields[name])):
            lines.append(f"  {name} = {{{value}}},")
    if not {"year", "date"} & record.fields.keys() and "title" not in record.fields:
        lines.append(f"  title = {{{clean_field('title', record.key) or label}}},")
    return "\n".join([*lines, "}"]) + "\n"


def _house(fields: dict[str, str]) -> str:
    """Who brought out what has no publisher: a school, an institute, or words on how it was published."""
    words = re.sub(r"\\url\s*\{[^{}]*\}|https?://\S+", "", fields.get("howpublished", ""))
    found = (fields.get(name, "") for name in ("school", "institution", "organization"))
    return next((value for value in (*found, words) if value.strip("{} .,")), "")


def clean_field(name: str, value: str) -> str:
    from typlora.convert.document.bibliography import plain_latex
    from typlora.convert.document.formula_words import formula_words

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
    formula = r"\\\((.*?)\\\)|(?<!\\)\$(.*?)(?<!\\)\$"  # in braces, so that no style changes its case
    value = re.sub(formula, lambda m: "{" + formula_words(m[1] or m[2] or "") + "}", value)
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
