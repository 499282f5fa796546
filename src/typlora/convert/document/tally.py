"""Layout that is not carried over: counted a kind over the document, and reported once with its first place.

One report entry for each ``\\vspace`` would bury what matters; none at all would be silent.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from typlora.convert.document.nodes import Node, kind
from typlora.convert.document.nouns import Loss
from typlora.tex.unit import Span

if TYPE_CHECKING:
    from typlora.convert.document.context import Context

_LAYOUT = {
    "vertical space": """vspace vskip kern bigskip medskip smallskip bigbreak medbreak smallbreak addvspace
        vfill vfil vss enlargethispage""",
    "horizontal space": "hskip hss",
    "page and column breaks": """pagebreak nopagebreak clearpage newpage cleardoublepage eject
        filbreak goodbreak samepage displaybreak FloatBarrier""",
    "columns": "twocolumn onecolumn strip",
    "small sizes and font switches": """sf sffamily md mdseries
        fontfamily fontseries fontshape selectfont fontspec relscale textsf unboldmath""",
    "page style and page numbers": """pagestyle thispagestyle pagenumbering fancypagestyle headrulewidth
        footrulewidth linenumbers""",
    "invisible boxes": "phantom hphantom vphantom",
    "boxes scaled, raised or turned": "resizebox scalebox raisebox reflectbox rotatebox raise lower",
    "lengths and line spacing": """setlength addtolength linespread setstretch doublespacing
        onehalfspacing doublespace baselineskip hsize vsize spacing onehalfspace adjustwidth
        changemargin""",
    "alignment of running text": "RaggedRight raggedright obeylines",
    "colours of table cells and rules": "rowcolor cellcolor columncolor rowcolors arrayrulecolor",
    "styles of headings and captions": """titlespacing addtokomafont setkomafont captionsetup
        chapterfont titlelabel""",
    "slide themes": """usetheme usecolortheme usefonttheme setbeamertemplate setbeamerfont setbeamercolor
        setbeamercovered useinnertheme useoutertheme transfade transdissolve transwipe transpush transcover
        transboxin transboxout transuncover""",
    "rotated pages": "landscape",
    "bookmarks and other data of the PDF": "hypersetup pdfbookmark",
}  # fmt: skip
KINDS = {name: what for what, names in _LAYOUT.items() for name in names.split()}


@dataclass(slots=True)
class Tally:
    """Commands of one kind, where the first of them stands, and what they said."""

    span: Span
    names: Counter[str] = field(default_factory=Counter)
    latex: list[str] = field(default_factory=list)


def note_layout(context: "Context", node: Node) -> None:
    """Count a command or environment about layout; everything else is left alone."""
    name = node.environmentname if kind(node) == "environment" else node.macroname
    if what := KINDS.get(name):
        count(context, f"layout not carried over: {what}", node, name, "")


def count(context: "Context", what: str, node: Node, name: str, latex: str) -> None:
    """One more of a kind; ``latex`` is what it said, empty for layout."""
    tallies = context.tallies
    tally = tallies.setdefault(what, Tally(context.node_span(node)))
    tally.names[name if kind(node) == "environment" else f"\\{name}"] += 1
    if latex:
        tally.latex.append(latex)


def tally_losses(tallies: dict[str, Tally]) -> list[Loss]:
    """One loss a kind: ``layout not carried over: columns (\\twocolumn 2 times), first at main.tex:3``."""
    losses = []
    for what, tally in tallies.items():
        counted = ", ".join(
            f"{name} {count} times" if count > 1 else f"{name} once"
            for name, count in tally.names.most_common()
        )
        first = f", first at {tally.span.file}:{tally.span.line}" if tally.names.total() > 1 else ""
        latex = "\n".join(tally.latex) or next(iter(tally.names))
        losses.append(Loss(tally.span, latex, f"{what} ({counted}){first}"))
    return losses
