"""The small commented preamble: page, language and numbering, and only the helpers the document uses."""

from typlora.convert.document.context import Context
from typlora.convert.document.inline import string
from typlora.convert.document.theorems import function_name

_PAPERS = {
    "a4paper": "a4", "a5paper": "a5", "b5paper": "iso-b5", "letterpaper": "us-letter", "legalpaper": "us-legal",
    "b5j": "jis-b5", "a3paper": "a3",
}  # fmt: skip
_ROWS = """\
// Numbers each row of an equation. For every row: a label, `auto` (numbered), `none`, or a tag.
#let equation-rows(..rows, body) = context {
  let number(row) = {
    if type(row) == label { return [#math.equation(block: true, $""$) #row] }
    if row == auto { return math.equation(block: true, $""$) }
    let tagged = math.equation(block: true, numbering: _ => row.tag, $""$)
    if "label" in row [#tagged #row.label] else { tagged }
    counter(math.equation).update(n => n - 1)
  }
  let plain = math.equation.with(block: true, numbering: none)
  let rows = rows.pos()
  if dictionary(std).at("target", default: () => "paged")() == "html" {
    plain(body.body) + for row in rows { if row != none { number(row) } }
  } else { block(width: 100%, layout(size => {
    let children = if body.body.has("children") { body.body.children } else { (body.body,) }
    let lines = children.split(linebreak())
    let strut = box(height: 100pt, baseline: 100pt)
    let y = 0pt
    for (i, row) in rows.enumerate() {
      let line = lines.at(i, default: ()).join()
      let ascent = measure(plain(line + strut)).height - 100pt
      if row != none { place(dy: y + ascent - 0.7em, box(width: size.width, number(row))) }
      y += measure(plain(line)).height + par.leading
    }
    plain(body.body)
  })) }
}"""
HELPERS: dict[str, str] = {
    "unnumbered": """\
// An equation without a number.
#let unnumbered(body) = {
  set math.equation(numbering: none)
  body
}""",
    "equation-rows": _ROWS,
    "subequations": """\
// Equations numbered 1a, 1b, ... as one group.
#let subequations(body) = context {
  let parent = counter(math.equation).get().first() + 1
  let main = numbering(math.equation.numbering, parent).slice(1, -1)
  counter(math.equation).update(0)
  {
    set math.equation(numbering: (n, place: none) => {
      let number = main + numbering("a", n)
      if place == none { "(" + number + ")" } else { number }
    })
    body
  }
  counter(math.equation).update(parent)
}""",
    "mono": '// Fixed-width text that is more than raw text.\n#let mono(body) = text(font: "DejaVu Sans Mono", size: 0.8em, body)',
    "page-of": "// The number of the page a label is on.\n#let page-of(label) = context link(label, str(counter(page).at(label).first()))",
    "missing-image": """\
// Stands for a picture that could not be found or read.
#let missing-image(name) = rect(width: 60%, height: 4em, stroke: 0.5pt + gray, align(center + horizon, raw(name)))""",
    "drawing": """\
// Source of a picture that was drawn in LaTeX.
#let drawing(source) = block(width: 100%, stroke: 0.5pt + gray, inset: 6pt, align(start, text(0.8em, source)))""",
    "algorithm-lines": """\
// Lines of an algorithm: how deep each is indented, and what it says.
#let algorithm-lines(numbered: false, ..lines) = block(width: 100%, align(start, grid(
  columns: 2, column-gutter: 0.8em, row-gutter: 0.6em,
  ..lines.pos().enumerate().map(((i, line)) => (
    if numbered [#(i + 1):], pad(left: line.at(0) * 1.2em, line.at(1)),
  )).flatten(),
)))""",
    "algorithm-figure": """\
#show figure.where(kind: "algorithm"): it => block(width: 100%, stroke: (top: 0.8pt, bottom: 0.8pt), inset: (y: 0.5em), {
  if it.caption != none { align(start, it.caption) }
  it.body
})""",
    "labelled-item": """\
// A list item with a label of its own.
#let labelled-item(label, body) = grid(columns: (auto, 1fr), column-gutter: 0.6em, label, body)""",
    "spanning": """\
// Over both columns, at the top of the page.
#let spanning(body) = place(top, scope: "parent", float: true, clearance: 1.5em, block(width: 100%, body))""",
    "abstract": """\
#let abstract(body) = {
  align(center, strong(text(0.9em)[Abstract]))
  pad(x: 2em, text(0.9em, body))
}""",
    "part": """\
// A part of the book; it takes no heading level.
#let part(body) = align(center, block(above: 3em, below: 2em, text(1.8em, strong(body))))""",
    "subfigure": """\
// A part of a figure, numbered (a), (b), ...
#let subfigure(body, width: auto, caption: none) = box(width: width, inset: 0.4em, figure(body, caption: caption, kind: "subfigure", supplement: none, numbering: "(a)"))
#show figure.where(kind: image): it => counter(figure.where(kind: "subfigure")).update(0) + it
#show figure.where(kind: "subfigure"): set figure.caption(separator: [ ])""",
    "bibitem": """\
// A numbered entry of the bibliography.
#let bibitem(body) = figure(kind: "bibitem", supplement: none, numbering: "1", body)
#show figure.where(kind: "bibitem"): it => block(width: 100%, align(left, grid(
  columns: (2em, 1fr), column-gutter: 0.5em, align(right)[\\[#it.counter.display()\\]], it.body,
)))""",
    "bib-entry": """\
// An entry of the bibliography without a number.
#let bib-entry(body, label: none) = block(par(
  hanging-indent: 1.5em,
  if label == none { body } else [\\[#label\\] #body],
))""",
    "proof": """\
#let proof(body, title: [Proof]) = block(width: 100%)[_#title._ #body #h(1fr) $square$]""",
    "ruby": """\
// A reading above the characters.
#let ruby(base, reading) = box(place(top + center, dy: -0.7em, box(text(0.5em, reading))) + base)""",
    "theorem": """\
// A theorem-like environment: one function for each; those with one kind share a counter.
#let theorem-like(name, kind: none, numbering: "1", italic: false, bold: true) = (title: none, body) => figure(
  kind: if kind == none { name } else { kind },
  supplement: name,
  numbering: if kind == none { none } else { numbering },
  {
    set align(start)
    let head = name + if kind != none [ #context counter(figure.where(kind: kind)).display(numbering)]
    block(width: 100%, breakable: true, {
      if bold { strong(head) } else { emph(head) }
      if title != none [ (#title)]
      [. ]
      if italic { emph(body) } else { body }
    })
  },
)""",
}


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
        arguments.append('paper: "presentation-4-3"')
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
    language = f', lang: "{context.language}"' if context.language != "en" else ""
    if context.document_class == "beamer":
        lines.append(f"#set text(size: 20pt{language})")
    else:
        lines.append(f"#set text(font: {fonts}, size: {size}{language})")
        indent = "" if context.options.get("no-indent") else ", first-line-indent: 1.5em, spacing: 0.65em"
        if indent and (context.language == "ja" or context.options.get("indent-first")):
            indent = ", first-line-indent: (amount: 1em, all: true), spacing: 0.65em"
        lines.append(f"#set par(justify: true{indent})")
    return "\n".join(lines)


def _numbering(context: Context) -> str:
    lines: list[str] = []
    needs = context.needs
    if {"caption-figure", "caption-table"} & needs:
        lines.append("#show figure: set block(breakable: true)")
        lines.append("#show figure.caption: it => { set align(start); box(it) }")
        if "caption-above" in needs:
            lines.append("#show figure.where(kind: table): set figure.caption(position: top)")
    if "table" in needs:
        lines.append("#show table: set par(justify: false, first-line-indent: 0pt)")
    if "heading-numbering" in needs:
        depth = int(context.options.get("secnumdepth", "2" if context.chapters else "3"))
        deepest = depth + 1 if context.chapters else depth
        lines.append('#set heading(numbering: "1.1")')
        if context.chapters and context.language == "ja":
            lines.append('#show heading.where(level: 1): set heading(numbering: "第1章")')
        for level in range(max(1, deepest + 1), 7):
            if f"level-{level}" in needs:
                lines.append(f"#show heading.where(level: {level}): set heading(numbering: none)")
    if context.document_class == "beamer":
        lines.append("#show heading.where(level: 1): set align(center)")
    within = {
        kind: outer
        for kind, outer in context.counters.within.items()
        if _used(context, kind) and outer in _LEVELS
    }
    if within:
        lines.append(_WITHIN)
    for kind, outer in within.items():
        lines.extend(_numbered_within(context, kind, _LEVELS[outer] + (1 if context.chapters else 0)))
    if context.numbered_equations and "equation" not in within:
        lines.append('#set math.equation(numbering: "(1)")')
    if within or "subequations" in needs:
        lines.append(_REFERENCES)
    if "plain-references" in needs or "heading-numbering" in needs:
        lines.append(
            "// LaTeX's \\ref is the number alone; the word before it is in the text.\n#set ref(supplement: none)"
        )
    for level in range(1, 7):
        if f"run-in-{level}" in needs:
            lines.append(f"#show heading.where(level: {level}): it => [*#it.body*#h(1em)]")
    if "enum-levels" in needs:
        lines.append(_ENUM)
    if "appendix" in needs:
        lines.append(
            _APPENDIX.replace("\n  counter", "\n  in-appendix.update(true)\n  counter", 1)
            if within
            else _APPENDIX
        )
    return "\n".join(lines)


_LEVELS = {"chapter": 0, "section": 1, "subsection": 2, "subsubsection": 3}
_WITHIN = """\
#let in-appendix = state("in-appendix", false)
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
  let count = if target.func() == math.equation { counter(math.equation) } else { target.counter }
  link(it.target, (target.numbering)(..count.at(it.target), place: it.target))
}"""


def _used(context: Context, kind: str) -> bool:
    """Whether a counter that is numbered within another one counts anything here."""
    if kind == "equation":
        return context.numbered_equations
    if kind in {"figure", "table"}:
        return f"counted-{kind}" in context.needs
    return any(
        t.counter == kind and f"theorem-{name}" in context.needs for name, t in context.theorems.items()
    )


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
            out.extend(_theorems(context, text))
        else:
            out.append(text)
    return out


def _theorems(context: Context, helper: str) -> list[str]:
    used = [name for name in context.theorems if f"theorem-{name}" in context.needs]
    lines = [helper]
    declared: list[str] = []
    for name in used:
        theorem = context.theorems[name]
        arguments = [string(theorem.name)]
        if theorem.counter:
            arguments.append(f"kind: {string('theorem-' + theorem.counter)}")
            outer = context.counters.within.get(theorem.counter, "")
            if outer in _LEVELS:
                level = max(1, _LEVELS[outer] + (1 if context.chapters else 0))
                arguments.append(
                    f"numbering: (n, place: none) => numbered-within(n, level: {level}, place: place)"
                )
        if theorem.style == "plain":
            arguments.append("italic: true")
        if theorem.style == "remark":
            arguments.append("bold: false")
        declared.append(f"#let {function_name(context, name)} = theorem-like({', '.join(arguments)})")
    return [*lines, "\n".join(declared)]
