"""``.bib`` files: mended, written for Typst's strict reader, and cited as natbib and biblatex print them."""

from pathlib import Path

import pytest

from typlora.convert.document.bibtex import Fault, read_records, write_record
from typlora.convert.draft import Draft, draft
from typlora.tex.project import read_project

from .helpers import blocks, whole

BROKEN = r"""
@string{tea = "Journal of Tea"}
A comment outside of entries.
@article{pot, author = {Pott, Ada}, title = {On {K}ettles}, journal = tea, year = 1999, month = may}
@inproceedings{lid,
  author = {M{\"u}ller, J{\"o}rg and Ant{\'o}nio Gon{\c{c}}alves and {The Lid Society}},
  title = {On $\alpha$-stable \emph{lids} \& cups: 50\% better},
  pages = {1--12}
  year = {2020}, month = "October", booktitle = {Proc.}
}
@book{pot, author = {Somebody Else}, title = {The same key}}
@phdthesis{open,
  author = {Extra, E.},
  title = {A brace {that is never closed},
  school = {Univ},
  year = 2001
}
@incollection{part, author = {Berg, Lee}, title = {A part}, crossref = {whole}}
@book{whole, editor = {Ed Itor}, title = {The whole}, publisher = {P}, year = 2003}
@misc{web, author = {Moo, Mia}, title = {A page}, note = {Seen},
  howpublished = {\url{https://example.org/a_b}}}
"""


def made(tmp_path: Path, body: str, preamble: str = "", bib: str = BROKEN) -> Draft:
    """A project whose bibliography is BROKEN."""
    (tmp_path / "refs.bib").write_text(bib, encoding="utf-8")
    source = f"\\documentclass{{article}}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (tmp_path / "main.tex").write_text(source, encoding="utf-8")
    return draft(read_project(tmp_path / "main.tex"))


def pdf_words(done: Draft, folder: Path) -> str:
    """What a reader sees, from Typst's HTML."""
    import re

    import typst

    out = folder / "out"
    out.mkdir()
    for asset in done.assets:
        (out / asset.path).write_bytes(asset.data or b"")
    (out / "main.typ").write_text(whole(done), encoding="utf-8")
    typst.compile(str(out / "main.typ"), output=str(out / "main.pdf"))
    page = typst.compile(str(out / "main.typ"), format="html").decode()
    return re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]*>", "", page, flags=re.S))


def test_faults_are_mended_and_named() -> None:
    faults: list[Fault] = []
    records = {record.key: record for record in reversed(read_records(BROKEN, faults))}
    assert records["pot"].fields["title"] == "On {K}ettles"
    assert records["pot"].fields["journal"] == "Journal of Tea" and records["pot"].fields["month"] == "5"
    assert records["open"].fields["school"] == "Univ" and records["open"].fields["year"] == "2001"
    assert records["part"].fields["booktitle"] == "The whole"
    assert [(fault.line, fault.key) for fault in faults] == [(8, "lid"), (11, "pot"), (14, "open")]
    assert [fault.what.split(";")[0].split(" behind")[0] for fault in faults] == [
        "a comma is missing", "the key occurs again", "'title' is never closed",
    ]  # fmt: skip


def test_what_is_written_has_no_latex_left() -> None:
    records = {record.key: write_record(record, record.key) for record in reversed(read_records(BROKEN))}
    assert "Müller, Jörg and António Gonçalves and {The Lid Society}" in records["lid"]
    assert r"On {α}-stable {lids} \& cups: 50\% better" in records["lid"]
    assert "url = {https://example.org/a_b}" in records["web"] and "publisher" not in records["web"]
    assert "publisher = {Univ}" in records["open"]  # no style of Typst prints a school


NATBIB = {
    r"\citet{pot}": "Pott (1999)",
    r"\citet*{lid}": "Müller, Gonçalves, and The Lid Society (2020)",
    r"\citet[p.~3]{pot}": "Pott (1999, p. 3)",
    r"\citep{pot}": "(Pott, 1999)",
    r"\citep[see][p.~2]{pot}": "(see Pott, 1999, p. 2)",
    r"\citep[see][]{pot}": "(see Pott, 1999)",
    r"\citealt{pot}": "Pott 1999",
    r"\citealp[p.~4]{pot}": "Pott, 1999, p. 4",
    r"\citeauthor{lid}": "Müller et al.",
    r"\citeauthor*{lid}": "Müller, Gonçalves, and The Lid Society",
    r"\citeyear{pot}": "1999",
    r"\citeyearpar{pot}": "(1999)",
    r"\citetext{see \citealp{pot}, too}": "(see Pott, 1999, too)",
    r"\citet{pot,part}": "Pott (1999); Berg (2003)",
    r"\citep{pot,open}": "(Extra, 2001; Pott, 1999)",
    r"\cite{pot}": "Pott (1999)",
    r"\defcitealias{pot}{Paper I}\citetalias{pot}": "Paper I",
}


def test_natbib(tmp_path: Path) -> None:
    body = "\n\n".join(f"X{command}Y" for command in NATBIB)
    done = made(tmp_path, f"{body}\n\\bibliographystyle{{plainnat}}\\bibliography{{refs}}",
                "\\usepackage{natbib}")  # fmt: skip
    text = pdf_words(done, tmp_path)
    for command, expected in NATBIB.items():
        assert f"X{expected}Y" in text.replace("\xa0", " "), (command, text[:2500])


BIBLATEX = {
    r"\textcite{pot}": "Pott (1999)",
    r"\parencite[12]{pot}": "(Pott 1999, p. 12)",
    r"\parencite[12--14]{pot}": "pp. 12–14)",
    r"\parencite*{pot}": "(1999)",
    r"\cite{pot}": "Pott 1999",
    r"\autocite[see][chap. 2]{pot}": "(see Pott 1999, chap. 2)",
    r"\cites[3]{pot}[see][]{open}": "Pott 1999, p. 3; see Extra 2001",
    r"\textcites{pot}{open}": "Pott (1999) and Extra (2001)",
    r"\autocites(see)(end){pot}{open}": "(see Pott 1999); (Extra 2001, end)",
    r"\citetitle{pot}": "On Kettles",
    r"\citeauthor{lid}": "Müller et al.",
    r"\volcite{2}{pot}": "Pott 1999, vol. 2",
}


def test_biblatex(tmp_path: Path) -> None:
    body = "\n\n".join(f"X{command}Y" for command in BIBLATEX) + "Foot\\footcite[45]{pot}."
    done = made(tmp_path, f"{body}\n\\printbibliography[title={{Works cited}}]",
                "\\usepackage[style=authoryear]{biblatex}\\addbibresource{refs.bib}")  # fmt: skip
    text = pdf_words(done, tmp_path).replace("\xa0", " ")
    for command, expected in BIBLATEX.items():
        assert expected in text, (command, text[:2500])
    assert "Pott 1999, p. 45" in text and "Works cited" in text


def test_numbers_and_order_are_those_of_bibtex_plain(tmp_path: Path) -> None:
    done = made(
        tmp_path,
        "A \\cite{pot}, B \\cite[Thm.~2]{open}, \\citet{pot}.\\bibliographystyle{plain}\\bibliography{refs}",
    )
    text = pdf_words(done, tmp_path).replace("\xa0", " ")
    assert "A [2], B [1], Thm. 2, Pott [2]." in text and "References" in text


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    done = made(tmp_path, "\\cite{pot,none} \\nocite{web}\\bibliographystyle{plain}\\bibliography{refs}")
    reasons = [loss.reason for loss in done.losses]
    for phrase in ("'none', which is not in the bibliography", "refs.bib:8: entry 'lid': a comma",
                   "does not print the field 'note' of web", "not in the author's (plain)"):  # fmt: skip
        assert any(phrase in reason for reason in reasons), phrase
    assert any("[?]" in block for block in blocks(done))


@pytest.mark.parametrize(
    "value", ["{", "}", '"', "\\", "{\\", "a}b{c", "\\'{", "@x{", "#", "%$&_~^", "\\url{", ","]
)
def test_any_value_is_written_so_that_typst_reads_it(tmp_path: Path, value: str) -> None:
    names = ("author", "title", "year", "pages", "doi")
    fields = ", ".join(f"{name} = {{{value}}}" for name in names)
    done = made(
        tmp_path, "\\cite{k}\\bibliography{refs}", bib=f"@article{{k, {fields}}}\n@book{{z, title={{Z}}}}"
    )
    if done.assets:
        assert pdf_words(done, tmp_path)
