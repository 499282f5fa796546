"""What converters share while one document is read: source, counters, labels, formulas, losses, assets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from typlora.convert.authored.choice import Authored
from typlora.convert.document.drawing import Drawn
from typlora.convert.document.nodes import Node, end
from typlora.convert.document.nouns import Asset, Composite, Loss, Slot
from typlora.convert.document.pieces import Code, Later, Mark, Pieces
from typlora.convert.document.tally import Tally
from typlora.convert.document.units import UnitStyle
from typlora.tex.project import Project
from typlora.tex.source import SourceText
from typlora.tex.unit import Span, Unit, UnitKind

if TYPE_CHECKING:
    from typlora.convert.document.heading_styles import HeadingStyle

_LABEL_START = re.compile(r"^[^\w]+|[^\w]+$")
_NOT_LABEL = re.compile(r"[^\w\-.:]+")


@dataclass(eq=False, slots=True)
class Target:
    """Something a label can point to.

    ``native`` targets are referenced with ``@label``; the others by a link that shows ``number``, the
    number LaTeX gives them. ``name`` is what ``\\autoref`` and ``\\cref`` call it, ``title`` what
    ``\\nameref`` prints; ``shown`` stands in the place of a number that is more than plain text.
    """

    name: str = ""
    number: str = ""
    native: bool = False
    keys: list[str] = field(default_factory=list)
    label: str = ""
    title: Pieces = field(default_factory=list)
    shown: Pieces = field(default_factory=list)

    def hidden_anchor(self) -> Later:
        """An invisible element that carries the label, where no element of Typst can."""
        return Later(lambda: [Code(f" #metadata(none) <{self.label}>")] if self.label else [])

    def anchor(self) -> Later:
        """Where the label stands in the output, once all keys are known."""
        return Later(lambda: [Mark(f" <{self.label}>")] if self.label else [])


@dataclass(slots=True)
class Theorem:
    """A theorem-like environment: its heading, its counter, and how it looks."""

    name: str
    counter: str = ""  # empty: not numbered
    within: str = ""
    style: str = "plain"
    swapped: bool = False  # the number stands before the name


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a document shows one of its counters: ``S`` and ``1`` for S1; ``style`` is one of ``1 a A i I``.

    ``outer`` is the section or chapter whose number stands behind ``before`` (in ``outer_style``, or as it is
    printed itself), ``joint`` what parts the two.
    """

    before: str
    style: str
    after: str
    outer: str = ""
    outer_style: str = ""
    joint: str = ""

    def show(self, value: int, outer: str = "") -> str:
        """The number as it is printed."""
        return f"{self.before}{outer}{self.joint}{in_style(self.style, value)}{self.after}"


def in_style(style: str, value: int) -> str:
    """A number as ``1 a A i I`` write it."""
    shown = {"a": letter(value), "A": letter(value).upper(), "i": roman(value).lower(), "I": roman(value)}
    return shown.get(style, str(value))


Place = tuple[int, int]  # where words stand in the source


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """An acronym (short and long form), or a term and its description; plurals that the author gives."""

    short: Place
    long: Place
    acronym: bool
    shorts: Place | None = None
    longs: Place | None = None


@dataclass(frozen=True, slots=True)
class Restatable:
    """A theorem to be said again: its environment, title and body, and the target that has its number."""

    environment: str
    title: Node | None
    body: list[Node]
    target: Target


class Counters:
    """LaTeX's counters, as far as numbers that readers see depend on them."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self.formats: dict[str, NumberFormat] = {}
        self.within: dict[str, str] = {}
        self.appendix = False

    def step(self, name: str) -> None:
        """``\\refstepcounter``: one more, and everything numbered within it starts again."""
        self.values[name] = self.values.get(name, 0) + 1
        self.reset_below(name)

    def reset_below(self, name: str) -> None:
        for inner, outer in self.within.items():
            if outer == name and inner != name:
                self.values[inner] = 0
                self.reset_below(inner)

    def show(self, name: str) -> str:
        """What ``\\the<name>`` prints in a standard class."""
        value = self.values.get(name, 0)
        if known := self.formats.get(name):
            above = self.values.get(known.outer, 0)
            shown = in_style(known.outer_style, above) if known.outer_style else self.show(known.outer)
            return known.show(value, shown if known.outer else "")
        outer = self.within.get(name, "")
        own = (
            letter(value).upper()
            if self.appendix and not outer and name in {"chapter", "section"}
            else str(value)
        )
        if outer and (name not in {"figure", "table", "equation"} or self.values.get(outer, 0)):
            return f"{self.show(outer)}.{own}"
        return own


def letter(value: int) -> str:
    """1 is ``a``, 27 is ``aa`` as in the counters of lists."""
    return chr(96 + (value - 1) % 26 + 1) * ((value - 1) // 26 + 1) if value > 0 else ""


def roman(value: int) -> str:
    """4 is ``IV``."""
    out = ""
    table = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
    for number, digits in (*table, (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while value >= number:
            out, value = out + digits, value - number
    return out


class Context:
    """State of one draft. Converters add to it; `typlora.convert.draft` reads it at the end."""

    def __init__(self, project: Project, source: SourceText) -> None:
        self.project = project
        self.source = source
        self.text = source.text
        self.counters = Counters()
        self.formulas: list[Unit] = []
        self.losses: list[Loss] = []
        self.assets: dict[str, Asset] = {}
        self.needs: set[str] = set()  # helpers and set rules the preamble must have
        self.meta: dict[str, list[list[Node]]] = {}  # \title, \author, ... as they were given
        self.options: dict[str, str] = {}
        self.theorems: dict[str, Theorem] = {}
        self.preamble_formats: dict[str, NumberFormat] = {}  # of counters, before the body
        self.theorem_numbers: dict[str, Node] = {}  # what the next theorem of a counter has for a number
        self.restated: dict[str, Restatable] = {}  # theorems that a command says again, by its name
        self.heading_styles: dict[int, HeadingStyle] = {}  # by level
        self.colors: dict[str, str] = {}
        self.packages: set[str] = set()
        self.document_class = "article"
        self.class_options: set[str] = set()
        self.language = "en"
        self.unit_style = UnitStyle()
        self.graphics_paths: list[str] = [""]
        self.names: dict[str, tuple[str, str]] = {}  # \crefname: singular, plural by name of target
        self.targets: dict[str, Target] = {}
        self.labels: dict[str, str] = {}  # Typst label -> key or owner, so that each is used once
        self.current = Target()
        self.marks: dict[str, list[Pieces]] = {}  # \\footnotemark by number; their texts are still to come
        self.captions: set[int] = set()  # places of captions that their floats have taken
        self.items: list[
            tuple[str, str]
        ] = []  # numbered items around: as references print them, in two parts
        self.depth = 0
        self.notes = 0  # footnotes within each other around the place being written
        self.edges = 0  # pairs of edges so far
        self.chapters = False
        self.numbered_equations = False
        self.citations: dict[str, object] = {}
        self.aliases: dict[str, Pieces] = {}  # \defcitealias: words for a work
        self.glossary: dict[str, GlossaryEntry] | None = None
        self.glossary_used: dict[str, bool] = {}  # by key: since entries were last reset
        self.symbols: list[Pieces] = []  # of the list that nomencl prints
        self.keywords: list[tuple[str, Pieces]] = []  # head and words that are printed below the title
        self.author_marks: dict[int, str] = {}  # raised: behind entry n of authors, or (-n - 1) before it
        self.slanted_authors: set[int] = set()  # entries that the class prints in italics
        self.bib_faults: list[str] = []  # what was mended in .bib files
        self.composites: list[Composite] = []  # arrays with spans, taken out of formulas
        self.authored: dict[str, Authored] = {}  # macros and environments that stay functions
        self.authored_used: set[str] = set()
        self.drawings: dict[str, Drawn] = {}  # what LaTeX made of the sources of pictures
        self.keyword_commands: dict[
            str, str
        ] = {}  # \\algorithmicrequire and the like, as the author has them
        self.tallies: dict[str, Tally] = {}  # layout and the like, counted over the document

    @property
    def two_columns(self) -> bool:
        """Whether pages have two columns, which the title block spans."""
        return "twocolumn" in self.class_options or bool(self.options.get("two-columns"))

    # places and losses

    def span(self, start: int, stop: int) -> Span:
        """Where a piece of the (expanded) source stands in the user's files."""
        return self.source.span(start, stop)

    def node_span(self, node: Node) -> Span:
        """Where a node stands in the user's files."""
        return self.span(node.pos, end(node))

    def lose(self, node: Node, reason: str, latex: str = "", *, drawn: bool = False) -> None:
        """Report something that could not be converted as it was meant."""
        shown = latex or self.text[node.pos : end(node)]
        self.losses.append(Loss(self.node_span(node), shown, reason, drawn))

    def need(self, *helpers: str) -> None:
        """Ask for a helper of the preamble."""
        self.needs.update(helpers)

    # formulas

    def formula(
        self,
        latex: str,
        node: Node,
        *,
        display: bool,
        labels: Sequence[str] = (),
        before: str = "$",
        after: str = "$",
    ) -> Slot:
        """A slot for a formula; ``latex`` is what engines get."""
        if "\\multicolumn" in latex:
            from typlora.convert.document.arrays import take_out

            latex = take_out(self, latex, node)
        unit = Unit(UnitKind.FORMULA, latex.strip(), self.node_span(node), display, "", tuple(labels))
        self.formulas.append(unit)
        return Slot(len(self.formulas) - 1, before, after)

    # labels

    def unique_label(self, key: str) -> str:
        """A Typst label for a LaTeX key: only characters Typst allows, and not used for anything else."""
        base = _LABEL_START.sub("", _NOT_LABEL.sub("-", key.strip())) or "label"
        label, number = base, 2
        while label in self.labels:
            label, number = f"{base}-{number}", number + 1
        self.labels[label] = key
        return label

    def define(self, key: str, target: Target, node: Node) -> bool:
        """Let a key point to a target; False (and a loss) when the key is taken already."""
        key = " ".join(key.split())
        if self.options.get("restating"):
            return False
        if key in self.targets:
            self.lose(
                node, f"label '{key}' is defined twice; references go to the first", f"\\label{{{key}}}"
            )
            return False
        self.targets[key] = target
        target.keys.append(key)
        if not target.label:
            target.label = self.unique_label(key)
        return True
