"""Environments that packages let an author declare (enumitem, tcolorbox, mdframed), as ``\\newenvironment``.

The rewriting is made on the source before macros are expanded, so that the declared environments become
those they stand for, with their arguments in place.
"""

import re

from typlora.tex.source import SourceText

_GROUP = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
_BOX = re.compile(
    rf"\\(?:re)?newtcolorbox\s*(?:\[[^\]]*\])?\s*\{{([A-Za-z]+\*?)\}}(\[\d\])?(\[[^\]]*\])?\s*{_GROUP}"
)
_FRAME = re.compile(r"\\newmdenv\s*(?:\[((?:[^\[\]]|\[[^\]]*\])*)\])?\s*\{([A-Za-z]+\*?)\}")
_LIST = re.compile(r"\\newlist\s*\{([A-Za-z]+)\}\s*\{(enumerate|itemize|description)\*?\}\s*\{[^}]*\}")
_LISTING = re.compile(
    rf"\\lstnewenvironment\s*\{{([A-Za-z]+)\}}\s*(?:\[1\]\s*\[[^\]]*\])?\s*{_GROUP}\s*\{{[^{{}}]*\}}"
)
_SET_LIST = r"\\setlist\s*\[\s*%s(?:\s*,\s*%s)?\s*\]\s*" + _GROUP


def declared_environments(source: SourceText) -> SourceText:
    """The source with these declarations written as ``\\newenvironment``."""
    source = _listings(_begun_by_command(source))
    text = source.text
    if not re.search(r"\\(?:(?:re)?newtcolorbox|newmdenv|newlist)(?![A-Za-z])", text):
        return source
    changes: list[tuple[int, int, str]] = []
    for found in _BOX.finditer(text):
        name, count, default, options = found.groups()
        changes.append(
            (*found.span(), _environment(name, f"{count or ''}{default or ''}", "tcolorbox", options))
        )
    for found in _FRAME.finditer(text):
        changes.append((*found.span(), _environment(found[2], "", "mdframed", found[1] or "")))
    for found in _LIST.finditer(text):
        settings = re.search(_SET_LIST % (found[1], "1"), text)
        given = [settings[1].strip(" ,\n")] if settings else []
        for level in "234":
            if below := re.search(rf"\\setlist\s*\[\s*{found[1]}\s*,\s*{level}\s*\]\s*{_GROUP}", text):
                given.append(f"level{level}={{{below[1]}}}")
        changes.append((*found.span(), _environment(found[1], "", found[2], ", ".join(given))))
    return source.changed(changes)


def _listings(source: SourceText) -> SourceText:
    """Environments of ``\\lstnewenvironment`` as ``lstlisting`` with the options that they set."""
    text = source.text
    changes: list[tuple[int, int, str]] = []
    for declared in _LISTING.finditer(text):
        name, body = declared.groups()
        options = ",".join(re.findall(rf"\\lstset\s*{_GROUP}", body)).replace("#1", "").strip(", ")
        changes.append((*declared.span(), ""))
        for used in re.finditer(rf"\\(begin|end)\{{{name}\}}(\[((?:[^\[\]{{}}]|{_GROUP})*)\])?", text):
            both = ",".join(part for part in (options, used[3] or "") if part)
            given = f"[{both}]" if used[1] == "begin" and both else ""
            changes.append((*used.span(), f"\\{used[1]}{{lstlisting}}{given}"))
    return source.changed(sorted(changes)) if changes else source


def _begun_by_command(source: SourceText) -> SourceText:
    """Theorems begun by ``\\name`` and ended by ``\\endname`` within definitions of the author's own."""
    text = source.text
    changes: list[tuple[int, int, str]] = []
    for end in dict.fromkeys(re.findall(r"\\end([A-Za-z]+)", text)):
        if re.search(rf"\\newtheorem\*?\s*\{{{end}\}}", text):
            for found in re.finditer(rf"\\(end)?{end}(?![A-Za-z])", text):
                changes.append((*found.span(), f"\\{found[1] or 'begin'}{{{end}}}"))
    return source.changed(sorted(changes)) if changes else source


def _environment(name: str, arguments: str, base: str, options: str) -> str:
    given = f"[{options.strip()}]" if options.strip() else ""
    return f"\\newenvironment{{{name}}}{arguments}{{\\begin{{{base}}}{given}}}{{\\end{{{base}}}}}"
