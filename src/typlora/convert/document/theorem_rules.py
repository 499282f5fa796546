"""Rules of the preamble for theorem-like environments: what each is called, its counter, its looks."""

from collections.abc import Mapping

from typlora.convert.document.context import Context, NumberFormat
from typlora.convert.document.inline import string
from typlora.convert.document.numberings import number_expression
from typlora.convert.document.theorems import function_name

LEVELS = {"chapter": 0, "section": 1, "subsection": 2, "subsubsection": 3}


def is_used(context: Context, kind: str) -> bool:
    """Whether a counter that is numbered within another one counts anything here."""
    if kind == "equation":
        return context.numbered_equations
    if kind in {"figure", "table"}:
        return f"counted-{kind}" in context.needs
    return any(
        t.counter == kind and f"theorem-{name}" in context.needs for name, t in context.theorems.items()
    )


def below_theorems(context: Context) -> dict[str, str]:
    """Counters of theorems that are numbered within other theorems."""
    return {
        kind: outer
        for kind, outer in context.counters.within.items()
        if outer in context.theorems and context.theorems[outer].counter and is_used(context, kind)
    }


_BELOW = """\
// Numbers within a theorem: 1.2.1 is the first within theorem 1.2.
#let numbered-below(n, kind, format, place: none) = {
  let outer = counter(figure.where(kind: kind))
  let number = if place == none { outer.get() } else { outer.at(place) }
  if type(format) == str { numbering(format, ..number) } else { format(..number, place: place) }
  "." + str(n)
}"""


def _numbering_of(context: Context, name: str) -> str:
    """The numbering of a theorem that others are numbered within."""
    outer = context.counters.within.get(context.theorems[name].counter, "")
    own = context.preamble_formats.get(context.theorems[name].counter)
    if own is not None:
        return f"(n, place: none) => {number_expression(own)}"
    return _within_section(context, outer) if outer in LEVELS else '"1"'


_HEAD = "let head = name + if kind != none [ #context counter(figure.where(kind: kind)).display(numbering)]"
_SWAPPED = """\
let number = if kind != none { context counter(figure.where(kind: kind)).display(numbering) }
    let head = if number == none { name } else if swap [#number #name] else [#name #number]"""


# A number that the author gives.
_ANY_NUMBER = "numbering: if kind == none { none } else { numbering },"
_GIVEN_NUMBER = """\
numbering: if kind == none { none } else if number == none { numbering } else {
    (..n, place: none) => number
  },"""
_ANY_HEAD = "counter(figure.where(kind: kind)).display(numbering)"
_GIVEN_HEAD = "if number == none { counter(figure.where(kind: kind)).display(numbering) } else { number }"


def write_theorems(context: Context, helper: str) -> list[str]:
    used = [name for name in context.theorems if f"theorem-{name}" in context.needs]
    if any(context.theorems[name].swapped for name in used):
        helper = helper.replace("bold: true,", "bold: true, swap: false,").replace(_HEAD, _SWAPPED)
    if "theorem-number" in context.needs:
        helper = helper.replace("(title: none, body)", "(title: none, number: none, body)")
        helper = helper.replace(_ANY_NUMBER, _GIVEN_NUMBER).replace(_ANY_HEAD, _GIVEN_HEAD)
    lines = [helper]
    if below_theorems(context):
        lines.insert(0, _BELOW)
    return [*lines, "\n".join(definition(context, name, context.preamble_formats) for name in used)]


def definition(context: Context, name: str, formats: Mapping[str, NumberFormat] | None = None) -> str:
    """``#let lemma = theorem-like(...)``; ``formats`` are those of counters, where not those of now."""
    theorem = context.theorems[name]
    known = (context.counters.formats if formats is None else formats).get(theorem.counter)
    arguments = [string(theorem.name)]
    if theorem.counter:
        arguments.append(f"kind: {string('theorem-' + theorem.counter)}")
        outer = context.counters.within.get(theorem.counter, "")
        if known is not None:
            arguments.append(f"numbering: (n, place: none) => {number_expression(known)}")
        elif outer in context.theorems and context.theorems[outer].counter:
            kind, below = string("theorem-" + context.theorems[outer].counter), _numbering_of(context, outer)
            arguments.append(
                f"numbering: (n, place: none) => numbered-below(n, {kind}, {below}, place: place)"
            )
        elif outer in LEVELS:
            arguments.append(f"numbering: {_within_section(context, outer)}")
    if theorem.style == "plain":
        arguments.append("italic: true")
    if theorem.style == "remark":
        arguments.append("bold: false")
    if theorem.swapped:
        arguments.append("swap: true")
    return f"#let {function_name(context, name)} = theorem-like({', '.join(arguments)})"


def _within_section(context: Context, outer: str) -> str:
    level = max(1, LEVELS[outer] + (1 if context.chapters else 0))
    return f"(n, place: none) => numbered-within(n, level: {level}, place: place)"
