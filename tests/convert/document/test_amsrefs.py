"""Entries of amsrefs, as it prints them."""

import pytest

from .helpers import compile_error, drafted, typst

ARTICLE = """\\bib{pot}{article}{
  author={Pott, Ada}, author={Lid, Bob}, author={Cup, C., Jr.}, % three
  title={On kettles in $\\mathbb{R}^3$}, journal={J. Tea},
  volume={64}, date={1958}, number={3}, pages={87--89},
}"""


def listed(*entries: str) -> str:
    inside = "\n".join(entries)
    return f"\\begin{{bibdiv}}\n\\begin{{biblist}}\n{inside}\n\\end{{biblist}}\n\\end{{bibdiv}}"


def test_an_article_is_cited_and_listed() -> None:
    body = f"See \\cite{{pot}}*{{p. 5}}.\n\n{listed(ARTICLE)}"
    assert typst(body) == (
        "See \\[@pot, p. 5\\].\n\n= References\n\n#bibitem[Ada Pott, Bob Lid, and C. Cup, Jr., "
        "_On kettles in $|\\mathbb{R}^3|$_, J. Tea *64* (1958), no. 3, 87--89.] <pot>"
    )
    made = drafted(body)
    assert compile_error(made) == "" and not made.losses


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        (
            "book",
            "author={Pott, Ada}, title={Tea}, edition={2}, publisher={P}, place={Rome}, date={1967-02}",
            "Ada Pott, _Tea_, 2nd ed., P, Rome, February 1967.",
        ),
        (
            "article",
            "author={Pott, Ada}, title={Tea}, conference={title={Proc.}, address={Rome}, date={2001}}, "
            "book={title={Big}, publisher={S}}, pages={1--2}, review={\\MR{123}}",
            "Ada Pott, _Tea_, Proc. (Rome, 2001), Big, S, pp. 1--2. MR123",
        ),
        ("misc", "editor={Pott, Ada}, title={Tea}, eprint={arXiv:1}",
         "Ada Pott (ed.), _Tea_, available at arXiv:1."),
        ("thesis", "author={Pott, Ada}, title={Tea}, type={Ph.D. Thesis}, organization={U}, "
         "date={2001-04-05}",
         "Ada Pott, _Tea_, Ph.D. Thesis, U, April 5, 2001."),
    ],
)  # fmt: skip
def test_what_appeared_elsewhere(kind: str, fields: str, words: str) -> None:
    assert typst(listed(f"\\bib{{a}}{{{kind}}}{{{fields}}}")).endswith(f"#bibitem[{words}] <a>")
