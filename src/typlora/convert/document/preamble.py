"""The small commented preamble: page, language and numbering, and only the helpers the document uses."""

from typlora.convert.document.class_looks import (
    caption_rules,
    display_rules,
    heading_numbering,
    heading_rules,
    is_revtex,
    numbers_by_place,
    numbers_left,
    run_in_rules,
)
from typlora.convert.document.context import Context
from typlora.convert.document.heading_styles import style_rules, without_number
from typlora.convert.document.helpers import HELPERS
from typlora.convert.document.inline import string
from typlora.convert.document.printed_names import printed_name, supplements
from typlora.convert.document.qed import end_of_proof
from typlora.convert.document.theorem_rules import LEVELS, below_theorems, is_used, write_theorems

_PAPERS = {
    "a4paper": "a4", "a5paper": "a5", "b5paper": "iso-b5", "letterpaper": "us-letter",
    "legalpaper": "us-legal",
    "b5j": "jis-b5", "a3paper": "a3",
}  # fmt: skip


def write_preamble(context: Context) -> str:
    """All of it; empty for a document that needs nothing."""
    parts = [_document(context), _numbering(context), *_helpers(context)]
    return "\n\n".join(part for part in parts if part).strip() + "\n"


def _document(context: Context) -> str:
    lines: list[str] = []
    if title := context.options.get("title"):
        lines.append(f"#set document(title: {string(title)})")
    options = context.class_options
    page = next((_PAPERS[o] for o in _PAPERS if o in options), "")
    arguments = []
    if context.document_class == "beamer":
        wide = {"aspectratio=169", "aspectratio=1610"} & options
        arguments.append(f'paper: "presentation-{"16-9" if wide else "4-3"}"')
    elif page and page != "a4":
        arguments.append(f'paper: "{page}"')
    if "landscape" in options:
        arguments.append("flipped: true")
    margins = {side: context.options.get(f"margin-{side}", "") for side in ("left", "right", "top", "bottom")}
    if all(margins.values()) and len(set(margins.values())) == 1:
        arguments.append(f"margin: {margins['left']}")
    elif any(margins.values()):
        arguments.append(
            "margin: (" + ", ".join(f"{side}: {size}" for side, size in margins.items() if size) + ")"
        )
    if "twocolumn" in options or context.options.get("two-columns"):
        arguments.append("columns: 2")
    if context.document_class != "beamer":
        arguments.append('numbering: "1"')
    if arguments:
        lines.append(f"#set page({', '.join(arguments)})")
    size = next((o for o in ("8pt", "9pt", "10pt", "11pt", "12pt") if o in options), "10pt")
    fonts = '"New Computer Modern"'
    if context.language == "ja":
        fonts = '("New Computer Modern", "Harano Aji Mincho", "Noto Serif CJK JP", "Noto Sans CJK JP")'
    if context.language == "zh":
        fonts = '("New Computer Modern", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun")'
    language = f', lang: "{context.language}"' if context.language != "en" else ""
    if context.document_class == "beamer":
        lines.append(f"#set text(size: 20pt{language})")
    else:
        lines.append(f"#set text(font: {fonts}, size: {size}{language})")
        indent = "" if context.options.get("no-indent") else ", first-line-indent: 1.5em, spacing: 0.65em"
        if indent and (context.language in {"ja", "zh"} or context.options.get("indent-first")):
            indent = ", first-line-indent: (amount: 1em, all: true), spacing: 0.65em"
            indent = indent.replace("1em", "2em") if context.language == "zh" else indent
        lines.append(f"#set par(justify: true{indent})")
        if indent:
            lines.append("#set block(spacing: 1em)")
    return "\n".join(lines)


_FLOATS = {"caption-figure": "image", "caption-table": "table"}
_WHOLE = """\
// A float stays on one page, unless it is longer than one.
#let whole(it) = context if dictionary(std).at("target", default: () => "paged")() == "html" { it } else {
  layout(size => {
    let fits = measure(width: size.width, it).height <= size.height
    if fits { block(breakable: false, width: 100%, it) } else { it }
  })
}"""


def _numbering(context: Context) -> str:
    lines: list[str] = []
    needs = context.needs
    if "theorem" in needs or any(need in needs for need in _FLOATS):
        lines.append("#show figure: set block(breakable: true)")
    if {"caption-figure", "caption-table"} & needs:
        lines.append(_WHOLE)
        kinds = [kind for need, kind in _FLOATS.items() if need in needs]
        lines += [f"#show figure.where(kind: {kind}, placement: none): whole" for kind in kinds]
        lines.append("#show figure.caption: it => box({ set align(start); it })")
        if "caption-above" in needs:
            lines.append("#show figure.where(kind: table): set figure.caption(position: top)")
        lines.extend(caption_rules(context))
        lines.extend(supplements(context))
    if "table" in needs:
        lines.append("#set table(inset: (x: 6pt, y: 0.35em))")
        lines.append("#show table: set par(justify: false, first-line-indent: 0pt)")
    if context.document_class != "beamer" and any(need.startswith("level-") for need in needs):
        lines.extend(heading_rules(context))
        lines.extend(style_rules(context))
    if "heading-numbering" in needs:
        depth = int(context.options.get("secnumdepth", "2" if context.chapters else "3"))
        deepest = depth + 1 if context.chapters else depth
        lines.append(f"#set heading(numbering: {heading_numbering(context)})")
        for level in sorted({*range(max(1, deepest + 1), 7), *without_number(context)}):
            if f"level-{level}" in needs:
                lines.append(f"#show heading.where(level: {level}): set heading(numbering: none)")
    if context.document_class == "beamer":
        lines.append("// Sections are in the outline only; slides begin with their own titles.")
        lines.append("#show heading.where(level: 1): none\n#show heading.where(level: 2): none")
        if "level-3" in needs or context.options.get("frames"):
            lines.append("#show heading.where(level: 3): set text(1.3em)")
    by_place = "heading-numbering" in needs and numbers_by_place(context)
    within = {
        kind: outer
        for kind, outer in context.counters.within.items()
        if is_used(context, kind) and outer in LEVELS
    }
    if within or "section-number" in needs:
        lines.append('#let in-appendix = state("in-appendix", false)')
    if within:
        lines.append(_WITHIN)
    if "section-number" in needs:
        lines.append(_SECTION_NUMBER)
    below = below_theorems(context)
    for kind, outer in below.items():
        above = string("theorem-" + context.theorems[outer].counter)
        count = f"counter(figure.where(kind: {string('theorem-' + kind)}))"
        lines.append(f"#show figure.where(kind: {above}): it => {{ {count}.update(0); it }}")
    for kind, outer in within.items():
        lines.extend(_numbered_within(context, kind, LEVELS[outer] + (1 if context.chapters else 0)))
    if context.numbered_equations and "equation" not in within:
        lines.append('#set math.equation(numbering: "(1)")')
    if context.numbered_equations and numbers_left(context):
        lines.append("#set math.equation(number-align: left)")
    lines.extend(display_rules(context))
    if within or below or by_place or {"subequations", "own-numbering"} & needs:
        lines.append(_REFERENCES)
    lines.extend(rule for key, rule in context.options.items() if key.startswith("numbering-#"))
    if "plain-references" in needs or "heading-numbering" in needs:
        lines.append(
            "// LaTeX's \\ref is the number alone; the word before it is in the text.\n"
            "#set ref(supplement: none)"
        )
    lines.extend(run_in_rules(context))
    if "enum-levels" in needs:
        lines.append(_ENUM)
    if "appendix" in needs:
        lines.append(
            _APPENDIX.replace("\n  counter", "\n  in-appendix.update(true)\n  counter", 1)
            if within or "section-number" in needs
            else _APPENDIX
        )
    return "\n".join(lines)


_SECTION_NUMBER = """\
// The number of the section (or chapter) of a place.
#let section-number(place, pattern: auto) = {
  let place = if place == none { here() } else { place }
  let usual = if in-appendix.at(place) { "A" } else { "1" }
  numbering(if pattern == auto { usual } else { pattern }, counter(heading).at(place).first())
}"""
_WITHIN = """\
// Numbers that begin again with every section (of a level) and have the section's number before them.
#let numbered-within(n, level: 1, place: none) = {
  let section = if place == none { counter(heading).get() } else { counter(heading).at(place) }
  let prefix = section.slice(0, calc.min(level, section.len()))
  if prefix.first() == 0 { return str(n) }
  let letters = if place == none { in-appendix.get() } else { in-appendix.at(place) }
  numbering(if letters { "A.1" } else { "1.1" }, ..prefix, n)
}"""
_REFERENCES = """\
// A reference shows the number of the place it points to, not of the place where it stands.
#show ref: it => {
  let target = it.element
  if target == none or type(target.at("numbering", default: none)) != function { return it }
  let count = if target.func() == figure { target.counter } else { counter(target.func()) }
  link(it.target, (target.numbering)(..count.at(it.target), place: it.target))
}"""


def _numbered_within(context: Context, kind: str, level: int) -> list[str]:
    level = max(1, level)
    number = f"numbered-within(n, level: {level}, place: place)"
    reset = f"#show heading: it => {{ if it.level <= {level} {{ COUNTER.update(0) }}; it }}"
    if kind == "equation":
        return [
            f"#set math.equation(numbering: (n, place: none) => {{\n  let number = {number}\n"
            '  if place == none { "(" + number + ")" } else { number }\n})',
            reset.replace("COUNTER", "counter(math.equation)"),
        ]
    name = {"figure": "image", "table": "table"}.get(kind, string("theorem-" + kind))
    out = [reset.replace("COUNTER", f"counter(figure.where(kind: {name}))")]
    if kind in {"figure", "table"}:
        out.insert(
            0, f"#show figure.where(kind: {name}): set figure(numbering: (n, place: none) => {number})"
        )
    return out


_ENUM = """\
// Levels of numbered lists as in LaTeX: 1., (a), i., A.
#set enum(full: true, numbering: (..numbers) => {
  let pattern = ("1.", "(a)", "i.", "A.").at(calc.min(numbers.pos().len(), 4) - 1)
  numbering(pattern, numbers.pos().last())
})"""
_APPENDIX = """\
// Sections of the appendix are A, B, ...
#let appendix(body) = {
  counter(heading).update(0)
  set heading(numbering: "A.1")
  body
}"""


def _helpers(context: Context) -> list[str]:
    out: list[str] = []
    for name, text in HELPERS.items():
        if name not in context.needs:
            continue
        if name == "theorem":
            out.extend(write_theorems(context, text))
        elif name == "abstract":
            word = printed_name(context, "abstractname")
            narrow = "pad(x: 2em, text(0.9em, body))"
            if context.two_columns and not context.options.get("abstract-spans"):
                text = text.replace(narrow, "body")  # a column is narrow enough
            if is_revtex(context):
                text = text.replace("  align(center, strong(text(0.9em)[Abstract]))\n", "")
            out.append(text.replace("[Abstract]", f"[{word}]"))
        elif name == "proof":
            if "placed-qed" in context.needs:
                text = text.replace("[Proof]) =", "[Proof], qed: true) =").replace(
                    "#h(1fr) $square$", "#if qed [#h(1fr) $square$]"
                )
            text = text.replace("[Proof]", f"[{printed_name(context, 'proofname')}]")
            out.append(text.replace("$square$", end_of_proof(context)))
        else:
            out.append(text)
    return out
