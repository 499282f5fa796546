"""amsrefs: ``\\bib{key}{type}{...}`` as the entries of a ``thebibliography``, in the words amsrefs prints.

The source is rewritten before it is parsed: entries are numbered in their order and cited like any others.
"""

import re

from typlora.tex.source import SourceText

_GROUP = r"\{((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)\}"  # four levels of braces
_ENTRY = re.compile(rf"\\bib\*?\s*\{{([^{{}}]*)\}}\s*\{{(\w+)\}}\s*{_GROUP}")
_FIELD = re.compile(rf"([A-Za-z]+)\s*=\s*{_GROUP}")
_NOTE = re.compile(r"\\cite\s*(\{[^{}]*\})\s*\*\s*" + _GROUP)
_ENVIRONMENTS = re.compile(
    r"\\(begin|end)\s*\{(bibdiv|bibsection|bibchapter|biblist)\*?\}\s*(?:\[[^\]]*\])?(?:\s*\*?\s*\{labels=[^}]*\})?"
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
Fields = dict[str, list[str]]


def formatted_entries(source: SourceText) -> SourceText:
    """The source with its entries written out; unchanged where there are none."""
    text = source.text
    if "\\begin{biblist}" not in text:
        return source
    changes = [(*found.span(), _item(found[1], found[3])) for found in _ENTRY.finditer(text)]
    for found in _ENVIRONMENTS.finditer(text):
        kept = f"\\{found[1]}{{thebibliography}}" if found[2] == "biblist" else ""
        changes.append((*found.span(), kept + ("{99}" if kept and found[1] == "begin" else "")))
    changes += [(*found.span(), f"\\cite[{found[2]}]{found[1]}") for found in _NOTE.finditer(text)]
    return source.changed(changes)


def _item(key: str, body: str) -> str:
    words = _words(_fields(body))
    return f"\\bibitem{{{key}}} {words}" + ("" if re.search(r"\bMR\d+$", words) else ".")


def _fields(body: str) -> Fields:
    fields: Fields = {}
    for found in _FIELD.finditer(re.sub(r"(?<!\\)%[^\n]*\n?", "", body)):
        fields.setdefault(found[1].lower(), []).append(" ".join(found[2].split()))
    return fields


def _words(fields: Fields) -> str:
    """Authors, title, where it appeared, and what else the entry says."""
    one = {name: values[0] for name, values in fields.items()}
    people = _people(fields.get("author", []))
    if not people and "editor" in fields:
        people = _editors(fields["editor"])
        fields = {name: values for name, values in fields.items() if name != "editor"}
    title = f"\\emph{{{one['title']}}}" if "title" in one else ""
    if "subtitle" in one:
        title = f"\\emph{{{one.get('title', '')}: {one['subtitle']}}}"
    parts = [people, title, one.get("type", ""), _edition(one.get("edition", ""))]
    parts += [_journal(one) if "journal" in one else _collection(fields, one)]
    parts += [one.get(name, "") for name in ("status", "note")]
    for name in ("translation", "reprint", "partial"):
        parts += [_words(_fields(value)) for value in fields.get(name, [])]
    parts.append(f"available at {one['eprint']}" if "eprint" in one else "")
    parts.append(f"DOI {one['doi']}" if "doi" in one else "")
    parts.append(f"\\url{{{one['url']}}}" if "url" in one else "")
    written = ", ".join(part for part in parts if part)
    review = re.sub(r"\\(?:MR|Zbl)\s*\{([^{}]*)\}", r"MR\1", one.get("review", ""))
    return f"{written}. {review}" if review else written


def _journal(one: dict[str, str]) -> str:
    """``Bull. Amer. Math. Soc. 64 (1958), no. 3, 87--89``."""
    volume = f" \\textbf{{{one['volume']}}}" if "volume" in one else ""
    year = one.get("date") or one.get("year") or ""
    head = f"{one['journal']}{volume}" + (f" ({_date(year)})" if year else "")
    number = f"no. {one['number']}" if "number" in one else ""
    return ", ".join(part for part in (head, number, one.get("pages", "")) if part)


def _collection(fields: Fields, one: dict[str, str]) -> str:
    """A book, a part of one, a talk, a thesis or a report."""
    parts: list[str] = []
    for value in fields.get("conference", []):
        inner = {name: values[0] for name, values in _fields(value).items()}
        where = ", ".join(part for part in (inner.get("address", ""), _date(inner.get("date", ""))) if part)
        parts.append(inner.get("title", "") + (f" ({where})" if where else ""))
    parts += [_book(_fields(value), whole=True) for value in fields.get("book", [])]
    parts.append(_book(fields))
    parts.append(f"pp. {one['pages']}" if "pages" in one else "")
    return ", ".join(part for part in parts if part)


def _book(fields: Fields, *, whole: bool = False) -> str:
    """What stands behind the title of a book; with ``whole`` the title, too."""
    one = {name: values[0] for name, values in fields.items()}
    parts = [
        one.get("title", "") if whole else "",
        one.get("booktitle", ""),
        _editors(fields.get("editor", [])),
        one.get("series", ""),
        f"vol. {one['volume']}" if "volume" in one else "",
        one.get("publisher", "") or one.get("organization", "") or one.get("school", ""),
        one.get("place", "") or one.get("address", ""),
        _date(one.get("date", "") or one.get("year", "")),
    ]
    return ", ".join(part for part in parts if part)


def _people(names: list[str]) -> str:
    """``Raoul Bott and John Milnor``."""
    written = []
    for name in names:
        family, _, given = name.partition(",")
        first, _, suffix = given.partition(",")
        written.append(
            f"{first.strip()} {family.strip()}".strip() + (f", {suffix.strip()}" if suffix else "")
        )
    if len(written) < 3:
        return " and ".join(written)
    return ", ".join(written[:-1]) + f", and {written[-1]}"


def _editors(names: list[str]) -> str:
    return f"{_people(names)} (ed{'s' if len(names) > 1 else ''}.)" if names else ""


def _date(date: str) -> str:
    """``1967-02`` is February 1967."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", date.strip())
    if found is None or not 1 <= int(found[2]) <= 12:
        return date.strip()
    day = f" {int(found[3])}," if found[3] else ""
    return f"{_MONTHS[int(found[2]) - 1]}{day} {found[1]}"


def _edition(edition: str) -> str:
    """``2`` is 2nd ed."""
    if not edition.isdecimal():
        return edition
    endings = {"1": "st", "2": "nd", "3": "rd"}
    ending = "th" if edition[-2:] in {"11", "12", "13"} else endings.get(edition[-1], "th")
    return f"{edition}{ending} ed."
