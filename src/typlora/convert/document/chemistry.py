"""mhchem inside formulas: ``\\ce{2H2 + O2 -> 2H2O}`` as the mathematics it prints, for engines to convert."""

import re

_GROUP = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
COMMAND = re.compile(rf"\\(?:ce|cee|cf)\s*{_GROUP}")
_ARROWS = {
    "->": "longrightarrow", "<-": "longleftarrow", "<->": "longleftrightarrow", "<=>": "rightleftharpoons",
    "<=>>": "rightleftharpoons", "<<=>": "rightleftharpoons",
}  # fmt: skip
_BONDS = {"-": "{-}", "=": "{=}", "#": "{\\equiv}", "1": "{-}", "2": "{=}", "3": "{\\equiv}", "~": "{\\sim}"}
_TOKEN = re.compile(
    r"(?P<arrow><=>>|<<=>|<=>|<->|->|<-)\s*(?:\[(?P<above>[^\]]*)\])?(?:\[(?P<below>[^\]]*)\])?"
    r"|\$(?P<maths>[^$]*)\$|\\bond\s*\{(?P<bond>[^{}]*)\}"
    rf"|(?P<script>[\^_])(?:{_GROUP}|(?P<sign>\d*[+-]|\d+|[A-Za-z]))"
    r"|(?<=[A-Za-z)\]}])(?P<count>\d+)(?P<charge>[+-](?![\w(\[>]))?"
    r"|(?<=[A-Za-z)\]])(?P<ion>[+-])(?=\s|$|[)\],^])"
    r"|(?P<rising>(?<=\s)\^(?=\s|$))|(?P<falling>(?<=\s)v(?=\s|$))"
    r"|(?P<letters>[A-Za-z]+)|(?P<number>\d+(?:\.\d+)?(?:/\d+)?)\s*|(?P<plus>\s\+\s)|(?P<joined>[-=#])"
    r"|(?P<dot>\s?[.*]\s?)|(?P<command>\\[A-Za-z]+\s?|\\.)|(?P<other>.)",
    re.S,
)


def chemistry_latex(latex: str) -> str:
    """Upright letters, figures behind a symbol lowered, charges raised."""
    written = "".join(_token(found) for found in _TOKEN.finditer(latex.strip()))
    return re.sub(r" +", " ", written).strip()


def _token(found: re.Match[str]) -> str:
    if found["arrow"]:
        return _arrow(found["arrow"], found["above"] or "", found["below"] or "")
    if found["script"]:
        inside = next((part for part in (found[7], found["sign"]) if part is not None), "")
        inside = inside.replace("$", "") if re.fullmatch(r"[\d+\-.,$ ]*", inside) else chemistry_latex(inside)
        before = "" if re.search(r"[\w)\]}+-]$", found.string[: found.start()]) else "{}"
        return f"{before}{found['script']}{{{inside}}}"
    if found["count"]:
        return f"_{{{found['count']}}}" + (f"^{{{found['charge']}}}" if found["charge"] else "")
    if found["ion"]:
        return f"^{{{found['ion']}}}"
    if found["letters"]:
        return f"\\mathrm{{{found['letters']}}}"
    if found["number"]:
        top, _, below = found["number"].partition("/")
        return (f"\\tfrac{{{top}}}{{{below}}}" if below else top) + "\\,"
    if found["joined"] or found["bond"] is not None:
        return _BONDS.get(found["joined"] or found["bond"], "{-}")
    marks = {"rising": " \\uparrow ", "falling": " \\downarrow ", "plus": " + ", "dot": " \\cdot "}
    for name, written in marks.items():
        if found[name]:
            return written
    return found["maths"] or found["command"] or found["other"] or ""


def _arrow(arrow: str, above: str, below: str) -> str:
    name = _ARROWS[arrow]
    if not above and not below:
        return f" \\{name} "
    over, under = chemistry_latex(above), chemistry_latex(below)
    if arrow in {"->", "<-"}:
        option = f"[{under}]" if under else ""
        return f" \\x{'right' if arrow == '->' else 'left'}arrow{option}{{{over}}} "
    raised = f"\\overset{{{over}}}{{\\{name}}}" if over else f"\\{name}"
    return f" \\underset{{{under}}}{{{raised}}} " if under else f" {raised} "
