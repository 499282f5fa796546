"""The page of an evaluation in a real browser: made for choosing what to mend next."""

import json
from pathlib import Path

import pytest

from tests.browser import needs_browser, use_page
from typlora.evaluate.document_results import DocumentRow, DocumentsResult
from typlora.evaluate.report import to_html
from typlora.evaluate.results import Evaluation, Report, RowResult, SuiteResult
from typlora.evaluate.suites import Suite, read_suite
from typlora.files import write_atomic
from typlora.verify.compiler import CompilerPool

ROWS = [
    {"id": "half", "latex": r"\frac{1}{2}", "typst": "1/2"},
    {"id": "cap", "latex": r"A \cap B", "typst": "A inter B"},
    {"id": "sum", "latex": r"\sum_i x_i", "display": True},
    {"id": "evil", "latex": "<img src=x onerror=alert(1)>", "source": "<b>x</b>"},
    {"id": "root", "latex": r"\sqrt{2}"},
]
OURS = {"half": ("=", "1/2", "model"), "cap": ("x", "A union B", "rules:a"), "sum": ("!", "", ""),
        "evil": ("?", "u", "rules:a"), "root": ("=", "sqrt(2)", "rules:a")}  # fmt: skip
THEIRS = {"half": ("x", "1/3", "p"), "cap": ("=", "A inter B", "p"), "sum": ("x", "s", "p"),
          "evil": ("?", "u", "p"), "root": ("=", "sqrt(2)", "p")}  # fmt: skip


def evaluation(name: str, suite: Suite, answers: dict[str, tuple[str, str, str]]) -> Evaluation:
    outcomes = {"=": "equal", "x": "different", "!": "different", "?": "unknown"}
    rows = tuple(
        RowResult(
            item.id, letter != "!", outcomes[letter], letter != "?", False, 0.01, engine, typst,
            ("it differs",) if letter in "x!" else (),
        )
        for item in suite.items
        for letter, typst, engine in [answers[item.id]]
    )  # fmt: skip
    result = SuiteResult(
        suite.name, suite.path, suite.digest, rows, {item.id: item.constructs for item in suite.items}
    )
    documents = tuple(
        DocumentRow(n, n == "one", True, {"words": (9, 10)}, 1, 0, 0.1, {}, ("words: boat",), "no label")
        for n in ("one", "two")
    )
    return Evaluation(name, "1", name, (result,), (DocumentsResult("papers", "papers", "d", documents),))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    folder = tmp_path / "my suites"
    folder.mkdir()
    (folder / "small.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    suite = read_suite(folder / "small.jsonl")
    report = Report(
        (evaluation("ours", suite, OURS), evaluation("theirs", suite, THEIRS)), {"typst": "0"}, "now"
    )
    with CompilerPool(1) as pool:
        write_atomic(tmp_path / "page.html", to_html(report, [suite], pool, tmp_path))
    return tmp_path / "page.html"


@needs_browser
def test_a_person_finds_what_to_mend_next(page: Path, tmp_path: Path) -> None:
    seen = use_page(
        page,
        """
        const all = selector => [...document.querySelectorAll(selector)];
        const ids = () => all("article .meta").map(one => one.children[3].textContent);
        seen.first = ids();
        const cap = document.querySelectorAll("article")[1];
        seen.cap = [...cap.querySelectorAll(".cell")].map(one => one.dataset.name);
        seen.pictures = [...cap.querySelectorAll("svg")].map(svg => svg.getBoundingClientRect().width > 4);
        seen.link = cap.querySelector("a.where").getAttribute("href");
        const chips = all(".chip");
        chips.find(one => one.textContent.startsWith("different")).click();
        seen.different = ids();
        chips.find(one => one.textContent.startsWith("different")).click();
        const menus = all("#tools select");
        const choose = (select, text) => {
          select.value = [...select.options].find(one => one.textContent.startsWith(text)).value;
          select.dispatchEvent(new Event("change"));
        };
        const views = ["converters disagree", "others are right", "only ours is right", "only the model"];
        for (const text of [...views, "ours is silently"]) {
          choose(menus[0], text);
          seen[text] = ids();
        }
        choose(menus[0], "all rows");
        const tag = all(".map button").find(one => one.textContent.startsWith("sum"));
        tag.click();
        seen.sum = ids();
        seen.menu = menus[1].value;
        tag.click();
        choose(menus[1], "fraction");
        seen.fraction = ids();
        choose(menus[1], "all constructs");
        const search = document.querySelector("input[type=search]");
        search.value = "union"; search.dispatchEvent(new Event("input"));
        await wait(400);
        seen.union = ids();
        seen.documents = all(".each details").map(one => one.innerText);
        document.querySelector(".each").open = true;
        seen.open = document.querySelector(".each details b").textContent;
        seen.images = document.images.length;
        """,
        profile=tmp_path / "profile",
    )
    # Losses first, among them those that somebody else does right; what cannot be judged; disagreements.
    assert seen["first"] == ["sum", "cap", "evil", "half", "root"]
    assert seen["cap"] == ["LaTeX", "Typst", "Rendered", "target of the row", "Typst", "Rendered",
                           "theirs", "Typst", "Rendered"]  # fmt: skip
    assert seen["pictures"] == [True, True, True] and seen["link"] == "my%20suites/small.jsonl#L2"
    assert seen["different"] == ["cap"]
    assert seen["converters disagree"] == ["cap", "half"]
    assert seen["others are right"] == ["cap"] and seen["only ours is right"] == ["half"]
    assert seen["only the model"] == ["half"] and seen["ours is silently"] == ["cap"]
    assert seen["sum"] == ["sum"] and seen["menu"] == "sum" and seen["fraction"] == ["half"]
    assert seen["union"] == ["cap"] and seen["open"] == "two"  # the document that does not compile is first
    assert len(seen["documents"]) == 2 and seen["images"] == 0 and seen["resources"] == []


@needs_browser
def test_two_thousand_rows_stay_usable(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_text(
        "".join(json.dumps({"id": str(n), "latex": f"x_{{{n}}} + y"}) + "\n" for n in range(2000))
    )
    suite = read_suite(path)
    answers = {item.id: ("x" if int(item.id) % 7 else "=", "x_1 + y " * 9, "rules:a") for item in suite.items}
    report = Report((evaluation("ours", suite, answers), evaluation("theirs", suite, answers)), {}, "now")
    page = tmp_path / "long.html"
    write_atomic(page, to_html(report, [suite], None, tmp_path))
    seen = use_page(
        page,
        """
        seen.built = document.querySelectorAll("article").length;
        const start = performance.now();
        document.querySelector(".chip").click();
        seen.milliseconds = performance.now() - start;
        seen.load = performance.timing.domContentLoadedEventEnd - performance.timing.responseStart;
        """,
        profile=tmp_path / "profile",
        virtual=False,
    )
    assert 0 < seen["built"] <= 200
    assert seen["load"] < 5000 and seen["milliseconds"] < 2000, seen
