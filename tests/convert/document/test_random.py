"""Whatever is thrown at it: a draft is made, and it compiles."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .helpers import compile_error, drafted

PIECES = [
    "word", " ", "\n", "\n\n", "- ", "+ ", "= ", "/ ", "1. ", "*", "_", "#", "\\#", "$x$", "\\[y\\]", "$",
    "{", "}", "[", "]",
    "<a>", "@x", "`", "``q''", "'", "\"", "~", "--", "---", "//", "/*", "*/", "http://x.y", "\\\\",
    "\\emph{e}", "\\textbf{b}",
    "{\\bf x}", "\\texttt{t`t}", "\\underline{u}", "(x)", ".x", ".", ";", ":", "\\ref{k}", "\\ref{nope}",
    "\\label{k}", "\\cite{c}",
    "\\section{S}", "\\section*{T}", "\\footnote{f}", "\\begin{itemize}\\item a\\end{itemize}", "\\item",
    "\\begin{enumerate}",
    "\\end{enumerate}", "\\begin{align}a\\label{r}\\\\b\\end{align}", "\\eqref{r}",
    "\\begin{tabular}{ll}a&b\\\\\\hline\\end{tabular}",
    "\\begin{figure}\\includegraphics{i}\\caption{c}\\label{f}\\end{figure}", "\\unknown", "\\unknown{x}",
    "\\begin{foo}", "\\end{foo}",
    "\\verb|a|", "\\begin{verbatim}\nv\n\\end{verbatim}", "%c\n", "&", "日本", "é", "\u00ad", "\\'e",
    "\\multicolumn{2}{c}{x}", "\\bf",
    "\\begin{description}\\item[t: u] d\\end{description}", "\\begin{quote}", "\\end{quote}", "\\cref{k,r}",
    "\\url{a%b}", "\\tag{1}",
    "\\begin{equation}\\label{k}", "\\end{equation}", "\\href{http://a}{b}", "\\(", "\\)", "\\appendix",
    "\\tableofcontents", "\\ce{H2O}",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14))
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
def test_mixtures_compile(pieces: list[str]) -> None:
    body = "".join(pieces)
    assert compile_error(drafted(body)) == "", body


@given(st.text(max_size=60))
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_compiles(text: str) -> None:
    assert compile_error(drafted(text)) == "", text
