"""What expansion writes: stretches of the document and text that stands for uses of macros."""

from dataclasses import dataclass

from typlora.tex.mouth import Frame

_LONGEST = 5000  # characters collected in one piece, so that adding to it stays cheap


@dataclass(slots=True)
class Piece:
    """A stretch of the document (``literal``), or ``text`` that stands for it."""

    first: int
    last: int
    text: str = ""
    literal: bool = True

    def of(self, document: str) -> str:
        """The piece's text."""
        return document[self.first : self.last] if self.literal else self.text


class Output:
    """The pieces so far; keeps control words apart from letters that come to stand behind them."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.origin = (0, 0)  # what text that is not the document's own stands for
        self._after_word = False

    def copy(self, frame: Frame, start: int, end: int) -> None:
        """Write a stretch of a frame."""
        if end <= start:
            return
        text = frame.text
        self._apart(text[start])
        if frame.base >= 0:
            first, last = frame.base + start, frame.base + end
            if self.pieces and self.pieces[-1].literal and self.pieces[-1].last == first:
                self.pieces[-1].last = last
            else:
                self.pieces.append(Piece(first, last))
        else:
            self._add(text[start:end])
        self._after_word = text[start] == "\\" and end - start > 1 and text[end - 1].isalpha()

    def write(self, text: str) -> None:
        """Write text that is not in any frame: one token."""
        self._apart(text[0])
        self._add(text)
        self._after_word = text[0] == "\\" and text[-1].isalpha()

    def mark(self) -> int:
        """A place to come back to with ``undo``."""
        if self.pieces and self.pieces[-1].literal:
            end = self.pieces[-1].last
            self.pieces.append(Piece(end, end))  # what is copied next must not grow the piece before
        return len(self.pieces)

    def undo(self, mark: int) -> None:
        """Forget what was written since ``mark``."""
        del self.pieces[mark:]
        self._after_word = False

    def _apart(self, character: str) -> None:
        if self._after_word and character.isascii() and character.isalpha():
            self._add(" ")

    def _add(self, text: str) -> None:
        first, last = self.origin
        piece = self.pieces[-1] if self.pieces else None
        if piece is not None and not piece.literal and piece.first == first and len(piece.text) < _LONGEST:
            piece.text += text
        else:
            self.pieces.append(Piece(first, last, text, False))
