"""The canonical form of a document: what both sides are reduced to before they are compared.

A text is a sequence of words. Whatever is not a word (a formula, a reference, a footnote, a picture)
stands in it as one private-use character and in ``atoms`` as a value, in order; so ``(see $x$).`` keeps
what touches what. Emphasis is a set of marks a letter, see ``Word.style``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FORMULA_MARK = "\ue000"
REF_MARK = "\ue001"
NOTE_MARK = "\ue002"
IMAGE_MARK = "\ue003"
MARKS = {FORMULA_MARK: "⟨formula⟩", REF_MARK: "⟨reference⟩", NOTE_MARK: "⟨note⟩", IMAGE_MARK: "⟨image⟩"}


@dataclass(frozen=True, slots=True)
class Word:
    """Text without white space. ``style`` has runs ``(letters, marks)`` over letters and digits only
    (whether a full stop is bold nobody sees); marks are out of ``b i u s c ^ _ `` and `` ` `` for code."""

    text: str
    style: tuple[tuple[int, str], ...] = ()

    def __str__(self) -> str:
        return "".join(MARKS.get(char, char) for char in self.text)


@dataclass(frozen=True, slots=True)
class Formula:
    """``tree`` is the MathML that Typst wrote (candidate side), ``tex`` the LaTeX (reference side)."""

    display: bool
    tree: str = ""
    tex: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference or a citation. ``supplement``: ``""`` the bare number, ``"auto"`` a name that is made
    (``\\cref``, ``@fig:a``), otherwise the words given. ``prose`` is ``\\citet``; ``cite`` is known on the
    LaTeX side only, since ``@key`` can be either. ``shown`` is the text of a Typst link to a label, which can
    be a reference written out (``#link(<key>)[12]``) or a link of its own (``\\hyperref``)."""

    target: str
    supplement: str = ""
    cite: bool = False
    prose: bool = False
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """``name`` is the file name without folder and extension."""

    name: str


Atom = Formula | Ref | Note | Image


@dataclass(frozen=True, slots=True)
class Text:
    """``links`` are the targets of hyperlinks, in order."""

    words: tuple[Word, ...] = ()
    atoms: tuple[Atom, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        return " ".join(map(str, self.words))


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: Text


@dataclass(frozen=True, slots=True)
class Para:
    text: Text


@dataclass(frozen=True, slots=True)
class Display:
    """A formula on a line of its own."""

    formula: Formula


@dataclass(frozen=True, slots=True)
class Items:
    """A list. ``terms`` are the entries of a description list, empty otherwise."""

    ordered: bool
    items: tuple[tuple[Block, ...], ...]
    terms: tuple[Text, ...] = ()
    start: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """``row`` and ``column`` of its upper left corner, from 0."""

    row: int
    column: int
    rows: int
    columns: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in reading order; cells that are empty and span nothing are left out."""

    rows: int
    columns: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Float:
    """A figure or table with a caption; one without is its content alone."""

    blocks: tuple[Block, ...]
    caption: Text


@dataclass(frozen=True, slots=True)
class Code:
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Theorem:
    """``head`` is what LaTeX prints first (``Theorem``, ``Proof``), without its number."""

    head: str
    title: Text
    blocks: tuple[Block, ...]


Block = Heading | Para | Display | Items | Table | Float | Code | Quote | Theorem


@dataclass(frozen=True, slots=True)
class Doc:
    """``places`` says what each label stands at: ``formula 2``, ``heading 1`` (the ordinal of its kind).

    ``blind`` lists what the reader could not see (equality proves nothing), ``loose`` what it may have
    read wrongly (a difference proves nothing). ``outline`` holds the headings that Typst itself counts, where
    rules of the document may set them so that they look like text. ``cited`` are the keys that the LaTeX's
    bibliography has, None where it was not looked for.
    """

    blocks: tuple[Block, ...]
    labels: frozenset[str] = frozenset()
    places: dict[str, str] = field(default_factory=dict)
    blind: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    outline: tuple[Heading, ...] = ()
    cited: frozenset[str] | None = None
