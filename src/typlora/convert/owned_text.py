"""Typst of a document that knows which block and which formula each of its lines came from."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Text:
    """The document's text with the owners of each line: (block, formula), -1 where there is none."""

    lines: list[set[tuple[int, int]]] = field(default_factory=lambda: [set()])
    parts: list[str] = field(default_factory=list)

    def add(self, text: str, block: int = -1, formula: int = -1) -> None:
        """Append."""
        self.parts.append(text)
        pieces = text.split("\n")
        if pieces[0]:
            self.lines[-1].add((block, formula))
        for piece in pieces[1:]:
            self.lines.append({(block, formula)} if piece else set())

    def owners(self, line: int | None) -> set[tuple[int, int]]:
        """Of one line, counted from 1 as the compiler does."""
        if line is None or not 1 <= line <= len(self.lines):
            return set()
        return self.lines[line - 1]
