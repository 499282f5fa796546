"""The report in a real browser: what a person can do with it, from a file and without a network."""

from pathlib import Path

from tests.browser import needs_browser, use_page
from typlora.convert.conversion import Conversion
from typlora.convert.report import Document, Report, build
from typlora.convert.report.items import Item, Status, loss_item
from typlora.convert.report.page import to_html
from typlora.convert.report.render import Pictures
from typlora.files import write_atomic
from typlora.tex.unit import Span, Unit, UnitKind
from typlora.verify.compiler import CompilerPool
from typlora.verify.verdict import Outcome, Verdict

# What the scripts of the tests begin with.
LOOK = """
const texts = selector => [...document.querySelectorAll(selector)].map(one => one.textContent);
const rows = () => texts("article .badge");
"""


def paper(tmp_path: Path) -> Report:
    """One document of two files with a unit of every status."""
    source = tmp_path / "paper" / "main.tex"
    (source.parent / "chapters").mkdir(parents=True)
    source.write_text("x")
    (source.parent / "chapters" / "two words.tex").write_text("y")

    def unit(line: int, latex: str, file: str = "main.tex") -> Unit:
        return Unit(UnitKind.FORMULA, latex, Span(file, line, 1, line, 5))

    equal, different = Verdict(True, Outcome.EQUAL), Verdict(True, Outcome.DIFFERENT, ("y became z",))
    conversions = [
        Conversion(unit(1, "x_1"), "x_1", equal, "rules:tylax"),
        Conversion(unit(2, "y", "chapters/two words.tex"), "z", different, "model", note="differs"),
        Conversion(
            unit(3, "<img src=x onerror=alert(1)>"), "u", Verdict(True, Outcome.UNKNOWN), "rules:pandoc"
        ),
    ]
    loss = loss_item(Span("gone.tex", 9, 1, 9, 2), r"\tikz", "TikZ stays visible")
    return Report((build(str(source), "main.typ", conversions, [loss], 1.0),), "0", "0", "rules", 1.0)


@needs_browser
def test_a_person_finds_what_to_look_at(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    with CompilerPool(1) as pool:
        write_atomic(page, to_html(paper(tmp_path), pool, tmp_path))
    seen = use_page(
        page,
        LOOK
        + """
        seen.first = rows();
        seen.pictures = [...document.querySelectorAll("article svg")].map(svg => {
          const box = svg.getBoundingClientRect(), use = svg.querySelector("use, path");
          return box.width > 4 && box.height > 4 && use.getBoundingClientRect().width > 1;
        });
        const links = [...document.querySelectorAll("article a.where")];
        seen.links = links.map(one => [one.textContent, one.getAttribute("href")]);
        seen.places = texts("article .where");
        const chips = [...document.querySelectorAll(".chip")];
        const chip = name => chips.find(one => one.textContent.startsWith(name));
        chip("different").click();
        seen.different = rows();
        chip("unproved").click();
        seen.both = rows();
        seen.count = document.getElementById("count").textContent;
        chip("different").click(); chip("unproved").click();
        const kinds = document.querySelector("select[aria-label='all kinds']");
        kinds.value = "structure"; kinds.dispatchEvent(new Event("change"));
        seen.structure = rows();
        kinds.value = ""; kinds.dispatchEvent(new Event("change"));
        const search = document.querySelector("input[type=search]");
        search.value = "tikz"; search.dispatchEvent(new Event("input"));
        await wait(400);
        seen.tikz = rows();
        search.value = "no such thing"; search.dispatchEvent(new Event("input"));
        await wait(400);
        seen.none = texts("#rows .none");
        const before = getComputedStyle(document.body).backgroundColor;
        document.getElementById("theme").click();
        seen.themed = getComputedStyle(document.body).backgroundColor !== before;
        seen.images = document.images.length;
        """,
        profile=tmp_path / "profile",
    )
    assert seen["first"] == ["reported", "different", "unproved", "proved"]  # worst first
    assert seen["pictures"] == [True, True, True]
    assert seen["places"] == ["gone.tex:9", "chapters/two words.tex:2", "main.tex:3", "main.tex:1"]
    assert seen["links"][0] == ["chapters/two words.tex:2", "paper/chapters/two%20words.tex#L2"]
    assert len(seen["links"]) == 3  # a file that is not there has no link
    for name, found in (
        ("different", ["different"]),
        ("both", ["different", "unproved"]),
        ("tikz", ["reported"]),
    ):
        assert seen[name] == found, name
    assert seen["count"] == "2 of 4" and seen["structure"] == ["reported"] and seen["themed"]
    assert seen["none"] == ["No unit matches these filters."]
    assert seen["resources"] == [] and seen["images"] == 0  # nothing is loaded, nothing foreign became HTML


@needs_browser
def test_two_thousand_entries_stay_usable(tmp_path: Path) -> None:
    items = tuple(
        Item(
            "formula",
            Status.UNPROVED if n % 9 else Status.KEPT,
            Span("m.tex", n, 1, n, 2),
            f"x_{{{n}}}" * 20,
            f"x_{n} " * 20,
        )
        for n in range(2000)
    )
    page = tmp_path / "long.html"
    write_atomic(page, to_html(Report((Document("m.tex", "m.typ", items, 1.0),), "", "", "", 1.0)))
    assert not Pictures().svg
    seen = use_page(
        page,
        """
        seen.built = document.querySelectorAll("article").length;
        const start = performance.now();
        document.querySelector(".chip").click();
        seen.milliseconds = performance.now() - start;
        seen.kept = document.querySelectorAll("article").length;
        seen.load = performance.timing.domContentLoadedEventEnd - performance.timing.responseStart;
        """,
        profile=tmp_path / "profile",
        virtual=False,
    )
    assert 0 < seen["built"] <= 200 and 0 < seen["kept"] <= 200  # rows come as they are scrolled to
    assert seen["load"] < 5000 and seen["milliseconds"] < 2000, seen  # 0.3 s and 20 ms on a quiet machine
