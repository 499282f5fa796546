"""The LaTeX of a formula that engines get: without comments, labels, numbers and links."""

import re
from collections.abc import Sequence

from typlora.convert.document.chemistry import COMMAND, chemistry_latex
from typlora.convert.document.context import Context
from typlora.convert.document.nodes import Node, end, is_macro, kind, walk
from typlora.convert.document.overlays import IN_FORMULAS, formula_cuts
from typlora.convert.document.tally import count

_COLORS = "layout not carried over: colours inside formulas"
_NUMBERING = ("nonumber", "notag", "label", "tag", "yesnumber", "IEEEnonumber", "IEEEyesnumber", "donumber")


def formula_latex(nodes: Sequence[Node], context: Context) -> str:
    """Source of a formula without comments, labels and numbering commands."""
    if not nodes:
        return ""
    cuts: list[tuple[int, int, str]] = []
    for node in walk(nodes):
        if kind(node) == "comment":
            cuts.append((node.pos, end(node), _comment_space(node)))
        elif is_macro(node, "qedhere"):
            cuts.append((node.pos, node.pos + len("\\qedhere"), " "))
        elif is_macro(node, "ce", "cee", "cf") and (found := COMMAND.match(context.text, node.pos)):
            cuts.append((node.pos, found.end(), chemistry_latex(found[1])))
        elif is_macro(node, "shoveleft", "shoveright"):  # the row is at its side (`multline`)
            cuts.append((node.pos, node.pos + 1 + len(node.macroname), " "))
        elif is_macro(node, *_NUMBERING):
            cuts.append((node.pos, _macro_end(node, context), " "))
        elif is_macro(node, "makebox") and (box := _BOX.match(context.text, node.pos)):
            cuts.append((node.pos, box.end(), "\\mbox"))
        elif is_macro(node, "textcolor", "color"):
            count(context, _COLORS, node, node.macroname, "")
            cuts.append((node.pos, _color_end(node, context), " "))
        elif context.document_class == "beamer" and is_macro(node, *IN_FORMULAS):
            if node.macroname in {"alert", "structure"}:
                count(context, _COLORS, node, node.macroname, "")
            cuts += formula_cuts(context.text, node.pos, node.macroname)
        elif is_macro(node, "linkdest", "hypertarget", "hyperlink", "texorpdfstring"):
            cuts.append((node.pos, *_link_cut(node, context)))
    return _cut(context.text, nodes[0].pos, end(nodes[-1]), cuts)


_BOX = re.compile(r"\\makebox\s*(?:\[[^\[\]]*\]\s*){1,2}(?=\{)")  # its width says nothing to a formula
_COLOR = re.compile(r"\\(?:text)?color\s*(?:\[[^\[\]]*\]\s*)?\{[^{}]*\}")


def _color_end(node: Node, context: Context) -> int:
    """Behind the name of a colour; what is coloured stays."""
    found = _COLOR.match(context.text, node.pos)
    return found.end() if found else node.pos + len(node.macroname) + 1


def _link_cut(node: Node, context: Context) -> tuple[int, str]:
    """Links inside a formula leave their words: end of the cut, and what stays."""
    count = 1 if node.macroname == "linkdest" else 2
    keep = 0 if node.macroname == "texorpdfstring" else 1
    group = r"\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
    found = re.compile(r"\\[a-z]+" + group * count, re.I).match(context.text, node.pos)
    if found is None:
        return node.pos + len(node.macroname) + 1, " "
    return found.end(), "{" + found[keep + 1] + "}" if count > 1 else " "


def _comment_space(node: Node) -> str:
    return "\n" if "\n" in (getattr(node, "comment_post_space", "") or "") else ""


def _macro_end(node: Node, context: Context) -> int:
    """End of a numbering command; includes an argument the parser did not take."""
    stop = end(node)
    if node.macroname in {"label", "tag"} and context.text[stop - 1 : stop] != "}":
        found = re.compile(r"\*?\s*\{[^{}]*\}").match(context.text, stop)
        return found.end() if found else stop
    return stop


def _cut(text: str, start: int, stop: int, cuts: list[tuple[int, int, str]]) -> str:
    out: list[str] = []
    position = start
    for first, last, instead in sorted(cuts):
        if first < position:
            continue
        out.append(text[position:first])
        out.append(instead)
        position = last
    out.append(text[position:stop])
    return re.sub(r"[ \t]*\n\s*\n", "\n", "".join(out))
