"""Reading projects: encodings, included files, and everything that can be wrong with them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typlora.errors import ProjectError
from typlora.tex.encoding import decode
from typlora.tex.project import Project, read_project, read_string

JAPANESE = "\\documentclass{jsarticle}\n\\begin{document}\nこれは日本語です。数式$x$。\n\\end{document}\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.tex").write_text(text, encoding="utf-8")
    return folder / "main.tex"


def messages(project: Project) -> str:
    return "\n".join(str(problem) for problem in project.problems)


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "euc_jp", "cp932", "iso2022_jp"]
)
def test_japanese_text_in_any_encoding(tmp_path: Path, codec: str) -> None:
    (tmp_path / "main.tex").write_bytes(JAPANESE.encode(codec))
    assert read_project(tmp_path / "main.tex").source.text.strip() == JAPANESE.strip()


@pytest.mark.parametrize("declared", ["\\usepackage[latin1]{inputenc}\n", ""])
def test_latin1_with_and_without_declaration(tmp_path: Path, declared: str) -> None:
    text = f"{declared}Présentation générale à l'été, où ça coûte 5 €. Ängström, ÄÖÜ."
    (tmp_path / "main.tex").write_bytes(text.encode("cp1252"))
    project = read_project(tmp_path / "main.tex")
    assert project.source.text == text
    assert bool(project.problems) == (not declared)  # a guess is reported


def test_declared_encoding_also_holds_for_included_files(tmp_path: Path) -> None:
    (tmp_path / "main.tex").write_bytes("\\usepackage[latin2]{inputenc}Łódź \\input{a}".encode("iso8859-2"))
    (tmp_path / "a.tex").write_bytes("żółć".encode("iso8859-2"))
    assert "żółć" in read_project(tmp_path / "main.tex").source.text


def test_damaged_utf8_is_kept_and_reported(tmp_path: Path) -> None:
    (tmp_path / "main.tex").write_bytes("日本語の文書".encode() + b"\xff\xfe" + "です\n".encode())
    project = read_project(tmp_path / "main.tex")
    assert "日本語の文書" in project.source.text
    assert "UTF-8" in messages(project)


def test_a_second_document_in_the_file_is_left_out_with_a_problem(tmp_path: Path) -> None:
    one = "\\documentclass{article}\n\\begin{document}\nFirst.\n\\end{document}\nNotes to myself.\n"
    (tmp_path / "main.tex").write_text(one + "% \\begin{document}\n")
    assert not read_project(tmp_path / "main.tex").problems
    (tmp_path / "main.tex").write_text(one + one.replace("First", "Second"))
    project = read_project(tmp_path / "main.tex")
    assert "Second" not in project.source.text
    assert "main.tex:7:16: LaTeX never reads the second document" in messages(project)


def test_nul_bytes_are_dropped_with_a_problem(tmp_path: Path) -> None:
    (tmp_path / "main.tex").write_bytes(b"some text\0 and more text to read " * 5)
    project = read_project(tmp_path / "main.tex")
    assert "\0" not in project.source.text
    assert "NUL" in messages(project)


def test_control_characters_are_dropped_with_a_problem(tmp_path: Path) -> None:
    (tmp_path / "main.tex").write_bytes(b"so\x15me\ttext\n\nand m\x7fore\x0c to read " * 5)
    project = read_project(tmp_path / "main.tex")
    assert project.source.text == "some\ttext\n\nand more\x0c to read " * 5
    assert "10 control characters" in messages(project)


@pytest.mark.parametrize(
    "data", [b"", b" \n\t\n", b"\xef\xbb\xbf"[:0], b"%PDF-1.5 ...", b"\x89PNG\r\n", bytes(range(256)) * 20]
)
def test_files_that_are_not_latex_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "main.tex").write_bytes(data)
    with pytest.raises(ProjectError, match=r"main\.tex"):
        read_project(tmp_path / "main.tex")


def test_missing_main_file_and_folder_without_one(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="does not exist"):
        read_project(tmp_path / "nothing.tex")
    with pytest.raises(ProjectError, match="documentclass"):
        read_project(tmp_path)


def test_huge_file_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "main.tex").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(ProjectError, match="20 MB"):
        read_project(tmp_path / "main.tex")


def test_included_files_stand_in_place_and_spans_lead_back(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main="A\n\\input{one}\nB % \\input{no}\n\\include{two.tex}\n\\verb|\\input{three}|\n\\input two\n",
        one="first\nsecond",
        two="2",
    )
    project = read_project(main)
    assert project.source.text == "A\nfirst\nsecond\n\nB % \\input{no}\n2\n\n\\verb|\\input{three}|\n2\n\n"
    at = project.source.text.index("second")
    assert str(project.source.span(at, at + 6)) == "one.tex:2:1"
    assert not project.problems
    assert [path.name for path in project.files] == ["main.tex", "one.tex", "two.tex", "two.tex"]


def test_subfiles_import_and_endinput(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "a.tex").write_text("a\\input{b}")
    (tmp_path / "part" / "b.tex").write_text("b\\endinput\nnever")
    sub = "\\documentclass[main]{subfiles}\\begin{document}inside\\end{document}"
    main = write(tmp_path, main="\\import{part/}{a}|\\subfile{s}|", s=sub)
    text = read_project(main).source.text
    assert text.replace("\n", "") == "ab|inside|"


def test_missing_loop_and_outside_stay_visible_and_are_reported(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "secret.tex").write_text("secret")
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    lines = [
        "\\input{gone}",
        "\\input{main}",
        "\\input{../secret}",
        "\\input{/etc/passwd}",
        "\\input{link}",
        "\\input{a}",
    ]
    main = write(folder, main="\n".join(lines), a="\\input{b}", b="\\input{a}")
    project = read_project(main)
    text = project.source.text
    assert "secret\n" not in text and "root:" not in text
    for line in lines[:-1]:
        assert line in text
    report = messages(project)
    assert "main.tex:1:1: the file 'gone' was not found" in report
    assert "main.tex:2:1: 'main' includes itself" in report
    assert report.count("outside of the project folder") == 3
    assert "b.tex:1:1: 'a' includes itself" in report
    assert "secret" in read_project(main, allow_outside=True).source.text


def test_a_file_that_may_be_missing_is_no_problem(tmp_path: Path) -> None:
    text = "\\IfFileExists{no.tex}{\\input{no}}{}\\InputIfFileExists{yes}{}{}"
    project = read_project(write(tmp_path, main=text, yes="here"))
    assert "here" in project.source.text
    assert not project.problems


def test_files_that_include_each_other_exponentially_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typlora.tex.project.MAX_TOTAL", 1_000_000)
    for index in range(40):
        twice = f"\\input{{f{index + 1}}}" * 2
        (tmp_path / f"f{index}.tex").write_text(twice + "x" * 10_000)
    project = read_project(write(tmp_path, main="\\input{f0}"))
    assert "the rest is left out" in messages(project)


def test_folder_finds_its_main_file(tmp_path: Path) -> None:
    document = "\\documentclass{article}\\begin{document}x\\end{document}"
    write(tmp_path, chapter="just text", zpaper=document, standalone_figure="\\documentclass{standalone}")
    assert read_project(tmp_path).main == tmp_path / "zpaper.tex"
    write(tmp_path, main=document, other=document)
    project = read_project(tmp_path)
    assert project.main == tmp_path / "main.tex"
    assert "was taken as the main file" in messages(project)


def test_packages_and_bibliography_beside_the_main_file(tmp_path: Path) -> None:
    main = write(tmp_path, main="\\documentclass{own}\n\\usepackage{amsmath,local}\nx\\end{document} never")
    (tmp_path / "own.cls").write_text("\\newcommand\\inclass{1}")
    (tmp_path / "local.sty").write_text("\\RequirePackage{deeper}\\newcommand\\inlocal{1}")
    (tmp_path / "deeper.sty").write_text("\\newcommand\\indeeper{1}")
    (tmp_path / "main.bbl").write_text("x")
    project = read_project(main)
    names = [package.span(0, 1).file for package in project.packages]
    assert names == ["own.cls", "deeper.sty", "local.sty"]
    assert project.bbl == tmp_path / "main.bbl"
    assert "never" not in project.source.text


def test_standard_input_reads_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "a.tex").write_text("inside")
    project = read_string("x \\input{a}")
    assert "\\input{a}" in project.source.text
    assert "standard input" in messages(project)
    assert "inside" in read_string(b"x \\input{a}", root=tmp_path).source.text
    with pytest.raises(ProjectError, match="empty"):
        read_string("  \n")


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        project = read_string(data)
    except ProjectError as error:
        assert "\n" not in str(error)
        return
    assert "\0" not in project.source.text and "\r" not in project.source.text
    project.source.span(0, len(project.source))


@given(st.text(alphabet="あいうえおカキクケコ日本語漢字ab \\n$\\\\{}", min_size=10, max_size=80))
def test_japanese_is_recognised_in_every_encoding(text: str) -> None:
    if sum("ぁ" <= character <= "ヾ" for character in text) * 5 < sum(
        character > "\x7f" for character in text
    ):
        return  # hardly any kana: nothing to go by
    for codec in ("utf-8", "euc_jp", "iso2022_jp"):
        assert decode(text.encode(codec), "a.tex").text == text
    declared = b"% -*- coding: sjis -*-\n" + text.encode("cp932")
    assert decode(declared, "a.tex").text.partition("\n")[2] == text


INCLUDES = [
    "\\input{a}",
    "\\input{b}",
    "\\input a ",
    "\\include{main}",
    "\\import{x/}{a}",
    "\\subfile{../a}",
    "%",
]
INCLUDES += [
    "\n",
    "\\endinput",
    "\\begin{document}",
    "\\end{document}",
    "\\begin{verbatim}",
    "\\input{",
    "x",
    "\\",
]
includes = st.lists(st.sampled_from(INCLUDES), max_size=8).map("".join)


@given(includes, includes, includes)
def test_any_includes_end(tmp_path_factory: pytest.TempPathFactory, main: str, a: str, b: str) -> None:
    folder = tmp_path_factory.mktemp("project")
    path = write(folder, main="." + main, a=a, b=b)
    source = read_project(path).source
    for offset in range(0, len(source), 5):
        assert source.span(offset, offset + 1).file in {"main.tex", "a.tex", "b.tex"}
