"""The report in its three forms: the same facts, nothing lost, nothing that runs."""

import io
import json
import re
from html.parser import HTMLParser

import pytest
from rich.console import Console

from tests.convert.fakes import formula
from typlora.convert.conversion import Conversion
from typlora.convert.report import Document, Report, Status, build
from typlora.convert.report.items import loss_item
from typlora.convert.report.machine import to_json
from typlora.convert.report.page import to_html
from typlora.convert.report.render import Pictures, render
from typlora.convert.report.template import script_json
from typlora.convert.report.terminal import show
from typlora.convert.settling import keep
from typlora.convert.silence import Checked, Finding
from typlora.tex.unit import Span, Unit, UnitKind
from typlora.verify.compiler import CompilerPool
from typlora.verify.verdict import Outcome, Verdict

EVIL = "</script><script>alert(1)</script><!-- \u2028 & \" '"


def conversions() -> list[Conversion]:
    def unit(line: int, latex: str) -> Unit:
        return Unit(UnitKind.FORMULA, latex, Span("a.tex", line, 1, line, 5))

    return [
        Conversion(unit(1, "x_1"), "x_1", Verdict(True, Outcome.EQUAL), "rules:tylax"),
        Conversion(
            unit(2, "y"),
            "z",
            Verdict(True, Outcome.DIFFERENT, ("y became z",)),
            "rules:tylax",
            note="differs",
        ),
        Conversion(unit(3, "u"), "u", Verdict(True, Outcome.UNKNOWN), "rules:pandoc"),
        keep(unit(4, EVIL), "no candidate compiles"),
    ]


@pytest.fixture
def report() -> Report:
    losses = [loss_item(Span("a.tex", 9, 2, 9, 8), r"\tikz", f"TikZ {EVIL}")]
    document = build(EVIL, "out.typ", conversions(), losses, 1.5, ["rules alone"])
    return Report((document,), "0.1.0", "0.15.2", "rules", 1.5)


def test_worst_first(report: Report) -> None:
    statuses = [item.status for item in report.documents[0].items]
    assert statuses == [Status.REPORTED, Status.KEPT, Status.DIFFERENT, Status.UNPROVED, Status.PROVED]
    assert report.losses() == 4


def test_json_has_everything(report: Report) -> None:
    data = json.loads(to_json(report))
    assert data["schema"] == 1 and data["losses"] == 4
    document = data["documents"][0]
    assert document["counts"] == {
        "reported": 1, "kept": 1, "different": 1, "unproved": 1, "drawn": 0, "proved": 1
    }  # fmt: skip
    assert document["engines"] == {"rules:tylax": 2, "kept-latex": 1, "rules:pandoc": 1}
    first = document["items"][0]
    assert (first["file"], first["line"], first["column"], first["latex"]) == ("a.tex", 9, 2, r"\tikz")


def test_words_that_were_lost_silently_are_entries_and_in_the_summary() -> None:
    finding = Finding(("green", "leaves"), Span("a.tex", 7, 1, 7, 9), "green leaves")
    document = build("a.tex", "a.typ", conversions(), [], 0.1, checked=Checked(50, (finding,)))
    whole = Report((document,), "", "", "rules", 0.1)
    data = json.loads(to_json(whole))["documents"][0]
    assert data["words"] == {"checked": 50, "missing": 2}
    assert "check" not in data["engines"]
    item = next(item for item in data["items"] if item["kind"] == "words")
    assert (item["engine"], item["line"], item["differences"]) == ("check", 7, ["green", "leaves"])
    out = io.StringIO()
    show(whole, Console(file=out, width=160))
    assert "2 of 50" in out.getvalue() and "a.tex:7:1" in out.getvalue()


def test_a_picture_by_latex_itself_is_told_and_no_loss() -> None:
    drawn = loss_item(Span("a.tex", 9, 2, 9, 8), r"\tikz", "LaTeX's own picture", drawn=True)
    document = build("a.tex", "a.typ", conversions()[:1], [drawn], 0.1)
    assert document.told() == (drawn,) and document.losses() == ()
    whole = Report((document,), "", "", "rules", 0.1)
    data = json.loads(to_json(whole))
    assert data["losses"] == 0 and data["documents"][0]["counts"]["drawn"] == 1
    out = io.StringIO()
    show(whole, Console(file=out, width=160))
    assert "drawn" in out.getvalue() and "own picture" not in out.getvalue()


def test_terminal_names_losses_with_file_and_line(report: Report) -> None:
    out = io.StringIO()
    show(report, Console(file=out, width=160))
    assert "a.tex:9:2" in out.getvalue() and "a.tex:4:1" in out.getvalue()
    assert "a.tex:1:1" not in out.getvalue()


def test_terminal_shows_markup_as_text() -> None:
    document = Document(
        "[red]x[/red]", "", (loss_item(Span("f", 1, 1, 1, 1), "[bold]y\x1b[31m", "[link]"),), 0.0
    )
    out = io.StringIO()
    show(Report((document,), "", "", "", 0.0), Console(file=out, width=160))
    assert "[red]x[/red]" in out.getvalue() and "[bold]y" in out.getvalue() and "\x1b" not in out.getvalue()


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == ("script", {"type": "application/json", "id": "data"}):
            self.data += data


def test_page_is_self_contained_and_nothing_foreign_runs(report: Report) -> None:
    with CompilerPool(1) as pool:
        html = to_html(report, pool)
    page = _Page()
    page.feed(html)
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert not any({"src", "href"} & attributes.keys() for tag, attributes in page.tags if tag != "use")
    assert "Content-Security-Policy" in html and "default-src 'none'" in html
    assert not re.search(r"https?://(?!www\.w3\.org)", html)
    items = json.loads(page.data)["documents"][0]["items"]
    assert items[1]["x"] == EVIL
    assert sum("p" in item for item in items) == 4  # every formula has its picture
    assert "currentColor" in html or "<use" in items[4]["p"]


def test_page_without_items() -> None:
    html = to_html(Report((build("a", "b", [], [], 0.0),), "", "", "rules", 0.0))
    assert "{{" not in html


def test_script_json_survives_and_never_closes_the_script() -> None:
    assert json.loads(script_json([EVIL])) == [EVIL]
    assert "<" not in script_json([EVIL]) and "\u2028" not in script_json([EVIL])


def test_pictures_share_outlines_and_a_broken_formula_costs_only_itself() -> None:
    proved = [
        Conversion(formula(f"f{i}"), f"x_{i % 10} + {i}", Verdict(True, Outcome.EQUAL), "e")
        for i in range(30)
    ]
    broken = Conversion(formula("bad"), "nope", Verdict(True, Outcome.UNKNOWN), "e")
    items = build("", "", [*proved, broken], [], 0.0).items
    with CompilerPool(1) as pool:
        pictures: Pictures = render(items, pool)
    assert len(pictures.svg) == 30 and ("nope", False) not in pictures.svg
    assert len(pictures.glyphs) < 30
    assert all(svg.count("<svg") == 1 and "script" not in svg for svg in pictures.svg.values())


@pytest.mark.parametrize("typst", ['#link("javascript:alert(1)")[x]', '#link("https://example.org")[x]'])
def test_links_are_not_carried_into_the_page(typst: str) -> None:
    items = build(
        "", "", [Conversion(formula("l"), typst, Verdict(True, Outcome.UNKNOWN), "e")], [], 0.0
    ).items
    with CompilerPool(1) as pool:
        pictures = render(items, pool)
    assert not any("javascript" in svg or 'href="http' in svg or "<a" in svg for svg in pictures.svg.values())


def test_only_the_worst_are_rendered_when_there_are_too_many() -> None:
    items = build("", "", conversions(), [], 0.0).items
    with CompilerPool(1) as pool:
        assert len(render(items, pool, most=2).svg) == 2
