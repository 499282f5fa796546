"""The reference for a whole project: pandoc reads it at once, or section by section where it gives up."""

import re
from dataclasses import replace

from typlora.tex.macros import expand_project
from typlora.tex.project import Project
from typlora.tex.unit import Unit, UnitKind
from typlora.verify.blocks.model import Block, Doc
from typlora.verify.blocks.reference import BRACES, Reference, references
from typlora.verify.blocks.words import latex_words

_DEFINITION = re.compile(
    r"^[ \t]*("
    r"\\(?:(?:new|renew|provide)command|DeclareMathOperator)\*?\s*(?:\{\s*\\[A-Za-z]+\s*\}|\\[A-Za-z]+)"
    rf"\s*(?:\[\d\])?(?:\[[^\]]*\])?\s*{BRACES}"
    r"|\\newtheorem\*?\{[^{}@]+\}(?:\[[^\]]*\])?\{[^{}]*\}(?:\[[^\]]*\])?"
    rf"|\\def\s*\\[A-Za-z]+(?:#\d)*\s*{BRACES})",
    re.M,
)
_THEOREM = re.compile(r"\\newtheorem\*?\{[^{}@#]+\}(?:\[[^\]]*\])?\{[^{}]*\}(?:\[[^\]]*\])?")
_CUT = re.compile(r"^(?=[ \t]*\\(?:part|chapter|section|subsection|begin\{frame\}|appendix)\b)", re.M)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")


_ENTRY = re.compile(
    r"\\(?:bibitem|harvarditem|entry)\s*(?:\[(?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\]\s*)?\{([^{}]+)\}"
)
_BIB_ENTRY = re.compile(r"^\s*@\w+\s*[{(]\s*([^\s,{}]+)\s*,", re.M)
_BIB_NAMES = re.compile(r"\\(?:bibliography|addbibresource|addglobalbib)\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}")


def document_reference(project: Project) -> Reference:
    """Never fails: parts that pandoc cannot read are listed as blind, and their words still count."""
    reference = _read(project)
    if reference.doc is None:
        return reference
    return replace(reference, doc=replace(reference.doc, cited=_entries(project)))


def _entries(project: Project) -> frozenset[str]:
    """Keys of the works that LaTeX can cite: from the text, its ``.bbl`` and the ``.bib`` it names."""
    text = _COMMENT.sub("", project.source.text)
    names = [name.strip() for listed in _BIB_NAMES.findall(text) for name in listed.split(",")]
    files = [project.root / (name if name.endswith(".bib") else f"{name}.bib") for name in names]
    texts = [text, *(path.read_text("utf-8", "replace") for path in files if path.is_file())]
    if project.bbl is not None and (names or "\\printbibliography" in text):
        texts.append(project.bbl.read_text("utf-8", "replace"))
    return frozenset(key.strip() for part in texts for key in _ENTRY.findall(part) + _BIB_ENTRY.findall(part))


def _read(project: Project) -> Reference:
    """Never fails: parts that pandoc cannot read are listed as blind, and their words still count.

    pandoc expands the macros itself where it can. Where it gives up it gets the text with macros expanded by
    ``tex``, first the body at once, then cut at its headings.
    """
    text = project.source.text
    macros = "\n".join(_definitions(package.text) for package in project.packages)
    whole = references([Unit(UnitKind.RAW, text, macros=macros)])[0]
    if whole.doc is not None:
        return whole
    theorems = "\n".join(match[0] for match in _THEOREM.finditer(macros + "\n" + text))
    before, begin, body = expand_project(project).source.text.partition("\\begin{document}")
    if not begin:
        before, body = "", before
    body = body.partition("\\end{document}")[0]
    at_once = references([Unit(UnitKind.RAW, body, macros=theorems)])[0]
    if at_once.doc is not None:
        return at_once
    pieces = [piece for piece in _CUT.split(body) if piece.strip()]
    read = references([Unit(UnitKind.RAW, piece, macros=theorems) for piece in pieces])
    blocks: list[Block] = []
    blind: dict[str, None] = {f"pandoc cannot read the document as a whole: {whole.error}": None}
    labels: frozenset[str] = frozenset()
    for piece, part in zip(pieces, read, strict=True):
        if part.doc is None:
            blind[f"pandoc cannot read ‘{' '.join(piece.split())[:50]}’: {part.error}"] = None
            continue
        blocks += part.doc.blocks
        labels |= part.doc.labels
        blind |= dict.fromkeys(part.doc.blind)
    return Reference(Doc(tuple(blocks), labels, {}, tuple(blind)), latex_words(text), whole.error)


def _definitions(text: str) -> str:
    """Commands that a package or preamble defines for the text; TeX's machinery (``@``) stays out."""
    found = _DEFINITION.findall(_COMMENT.sub("", text))
    return "\n".join(definition for definition in found if "@" not in definition)
