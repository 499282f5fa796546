"""Versions of a text: environments that the author switches off (package comment), and marked changes."""

import re

from typlora.convert.document.builder import Builder, macro
from typlora.convert.document.nodes import Cursor, Node, argument_text, content
from typlora.convert.document.pieces import call, is_empty
from typlora.tex.lexer import bracket_end, group_end, skip_blank
from typlora.tex.source import SourceText

_SWITCH = re.compile(r"^[^%\n]*?\\(include|exclude)comment\s*\{([A-Za-z]+)\}", re.M)
_FINAL = re.compile(r"\\usepackage\s*\[[^\]]*\bfinal\b[^\]]*\]\s*\{changes\}")
_CHANGE = re.compile(r"\\(added|deleted|replaced|highlight|comment)(?![A-Za-z@])")
_KEPT = {"added": 1, "highlight": 1, "replaced": 1}


def chosen_version(source: SourceText) -> SourceText:
    """The source as its author's switches say: without what they exclude, and with changes accepted where the
    package is told that they are final."""
    source = _switched(source)
    return _accepted(source) if _FINAL.search(source.text) else source


def _switched(source: SourceText) -> SourceText:
    text = source.text
    cuts: list[tuple[int, int, str]] = []
    for found in _SWITCH.finditer(text):
        what, name = found.groups()
        begin, end = f"\\begin{{{name}}}", f"\\end{{{name}}}"
        at = text.find(begin, found.end())
        while at >= 0 and (stop := text.find(end, at)) >= 0:
            if what == "exclude":
                cuts.append((at, stop + len(end), ""))
            else:
                cuts += [(at, at + len(begin), ""), (stop, stop + len(end), "")]
            at = text.find(begin, stop)
    return source.changed(sorted(cuts)) if cuts else source


def _accepted(source: SourceText) -> SourceText:
    text = source.text
    cuts: list[tuple[int, int, str]] = []
    for found in _CHANGE.finditer(text, max(0, text.find("\\begin{document}"))):
        place = skip_blank(text, found.end())
        if text[place : place + 1] == "[":
            place = skip_blank(text, bracket_end(text, place))
        stop = group_end(text, place) if text[place : place + 1] == "{" else -1
        if stop < 0 or (cuts and found.start() < cuts[-1][1]):
            continue
        if found[1] not in _KEPT:
            cuts.append((found.start(), stop, ""))
            continue
        cuts.append((found.start(), place, ""))
        if found[1] == "replaced":
            old = skip_blank(text, stop)
            behind = group_end(text, old) if text[old : old + 1] == "{" else stop
            cuts.append((stop, max(stop, behind), ""))
    return source.changed(cuts) if cuts else source


@macro("added", "deleted", "replaced")
def change(builder: Builder, node: Node, cursor: Cursor) -> None:
    """New words in blue, old ones struck out, as the package changes prints a draft."""
    name = node.macroname
    options, *arguments = cursor.arguments(node, "[{{" if name == "replaced" else "[{")
    new = arguments[0] if name != "deleted" else None
    old = arguments[-1] if name != "added" else None
    if new is not None and not is_empty(words := builder.argument(new)):
        builder.add(*call("text(fill: blue)", words))
    if old is not None and not is_empty(words := builder.argument(old)):
        builder.add(*call("strike", words))
    _remark(builder, node, argument_text(options, builder.context.text))


@macro("highlight")
def highlight(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Words with a colour behind them."""
    options, argument = cursor.arguments(node, "[{")
    builder.add(*call("highlight", builder.argument(argument)))
    _remark(builder, node, argument_text(options, builder.context.text))


@macro("comment")
def remark(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A remark in the margin becomes a footnote."""
    argument = cursor.arguments(node, "[{")[1]
    builder.context.lose(node, "a remark in the margin is written as a footnote")
    builder.add(*call("footnote", builder.nested().flow(content(argument))))


def _remark(builder: Builder, node: Node, options: str) -> None:
    """The remark that a change may have."""
    if "comment" in options:
        builder.context.lose(node, "remarks on changes are not in the output", options)
