"""Unknown LaTeX said in LaTeX that everybody knows."""

import pytest

from typlora.convert.unknown.readings import Reading, environment, readings


def read(latex: str, commands: str = "", environments: str = "box") -> tuple[Reading, ...]:
    return readings(latex, frozenset(commands.split()), frozenset(environments.split()))


def whats(found: tuple[Reading, ...]) -> list[str]:
    return list(dict.fromkeys(one.what for one in found))


def test_items_make_a_list() -> None:
    found = read(r"\begin{box}[flat]\item a \item b\end{box}")
    assert whats(found) == ["as a list", "as a numbered list"]
    assert found[0].latex == "\\begin{itemize}\n\\item a \\item b\n\\end{itemize}"
    assert found[0].dropped == ("[flat]",)


def test_the_name_tells_which_list_is_likelier() -> None:
    assert whats(read(r"\begin{steps}\item a\end{steps}", "", "steps"))[0] == "as a numbered list"


def test_an_unknown_command_that_begins_items_is_an_item() -> None:
    found = read(r"\begin{box}\topic One. \topic Two.\end{box}", "topic")
    assert r"\item One. \item Two." in found[0].latex


def test_labels_of_items_make_terms() -> None:
    assert whats(read(r"\begin{box}\item[cat] an animal\end{box}")) == ["as a list of terms"]


def test_columns_make_a_table() -> None:
    (found,) = read(r"\begin{box}{l|r}a & b & c \\ d & e & \& f\end{box}")
    assert found.latex.startswith(r"\begin{tabular}{lll}")
    assert found.dropped == ("{l|r}",)
    (found,) = read(r"\begin{box}{l|r}a & b \\ d & e\end{box}")
    assert found.latex.startswith(r"\begin{tabular}{l|r}") and found.dropped == ("{l|r}",)


def test_items_of_a_list_inside_are_not_its_own() -> None:
    found = read(r"\begin{box}See \begin{itemize}\item a\end{itemize}\end{box}")
    assert whats(found) == ["as text", "as a quotation"]


def test_a_title_is_shown_and_other_options_are_told() -> None:
    found = read("\\begin{box}[title=The Name, colback=red!5]words\\end{box}")
    assert found[0] == Reading(
        "\\textbf{The Name}\n\nwords", "as text with a bold title", ("[title=The Name, colback=red!5]",)
    )
    assert all("The Name" in one.latex and "colback" not in one.latex for one in found)


@pytest.mark.parametrize("argument", ["[noitemsep]", "{3cm}", r"{0.5\textwidth}", "{2}", "[t]"])
def test_settings_are_no_titles(argument: str) -> None:
    found = read(rf"\begin{{box}}{argument}words\end{{box}}")
    assert found[0] == Reading("words", "as text", (argument,))


@pytest.mark.parametrize("argument", ["[A Title]", "{my title}", "{Über}", "[Note 1]"])
def test_words_for_a_reader_are_never_dropped(argument: str) -> None:
    for one in read(rf"\begin{{box}}{argument}words\end{{box}}"):
        assert argument[1:-1] in one.latex and not one.dropped


def test_a_command_keeps_the_words_of_its_arguments() -> None:
    found = read(r"See \odd[opt]{one}{two \odd{three}} there.", "odd", "")
    assert found[0] == Reading("See one two three there.", "as text", (r"\odd[opt]",))
    assert [one.latex for one in found][1] == r"See \textbf{one two \textbf{three}} there."


def test_a_command_without_words_has_no_reading() -> None:
    assert read(r"See \odd there.", "odd", "") == ()


def test_environments_within_each_other() -> None:
    found = read(
        r"\begin{box}a \begin{box}b\end{box} \begin{other}\item c\end{other}\end{box}", "", "box other"
    )
    assert found[0].latex.split() == [r"a", r"b", r"\begin{itemize}", r"\item", r"c", r"\end{itemize}"]


def test_an_environment_is_closed_by_its_own_end() -> None:
    found = environment(r"x \begin{a}1 \begin{a}2\end{a} 3\end{a} y", "a")
    assert found is not None and found.body == r"1 \begin{a}2\end{a} 3"
    assert environment(r"\begin{a} never closed", "a") is None
