"""The report as a table in the terminal."""

from typing import Any

from typlora.convert.report.items import Document, Report, Status

SHOWN = 12  # losses named in the terminal; all of them are in the JSON and the page
_STYLE = {
    Status.PROVED: "green",
    Status.DRAWN: "blue",
    Status.UNPROVED: "cyan",
    Status.DIFFERENT: "yellow",
    Status.KEPT: "magenta",
    Status.REPORTED: "red",
}


def show(report: Report, console: Any) -> None:
    """Print to a ``rich`` console: one line a document, then the worst losses with file and line."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("document", overflow="fold")
    drawn = any(document.counts()[Status.DRAWN] for document in report.documents)
    shown = [status for status in reversed(Status) if drawn or status is not Status.DRAWN]
    for status in shown:
        table.add_column(str(status), justify="right", style=_STYLE[status])
    table.add_column("seconds", justify="right", style="dim")
    for document in report.documents:
        counts = document.counts()
        cells = [str(counts[status]) if counts[status] else "·" for status in shown]
        table.add_row(_plain(document.source), *cells, f"{document.seconds:.1f}")
    console.print(table)
    for document in report.documents:
        console.print(f"  {words_line(document)}", style="dim" if not document.missing else "red")
        _losses(document, console)


def words_line(document: Document) -> str:
    """What the check for lost words says of a document."""
    if document.words is None:
        return "words were not checked"
    if not document.missing:
        return f"words: all {document.words:,} of the LaTeX are in the output or in a reported loss"
    return (
        f"words: {document.missing:,} of {document.words:,} of the LaTeX are neither in the output nor in a "
        "reported loss; see the entries 'words of the LaTeX ...'"
    )


def _losses(document: Document, console: Any) -> None:
    from rich.text import Text

    losses = document.losses()
    for item in losses[:SHOWN]:
        line = Text("  ")
        line.append(f"{item.status:<9}", style=_STYLE[item.status])
        line.append(f" {item.span}" if item.span.line else f" {document.source}", style="bold")
        line.append(f"  {one_line(item.note or item.kind, 100)}")
        if item.latex:
            line.append(f"  {one_line(item.latex, 50)}", style="dim")
        console.print(line, soft_wrap=True)
    if len(losses) > SHOWN:
        console.print(f"  ... and {len(losses) - SHOWN} more; --report FILE.html shows all", style="dim")


def one_line(text: str, length: int) -> str:
    """``text`` without line breaks and control characters, cut with an ellipsis."""
    flat = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def _plain(text: str) -> Any:
    from rich.text import Text

    return Text(text)
