"""Helpers of the preamble: Typst functions a document gets when it uses them."""

from importlib.resources import files

_ROW_NUMBER = """\
// The number of a row of an equation: a label, `auto` (numbered), `none`, or a tag.
#let row-number(row) = {
  if row == none { return }
  if type(row) == label { return [#math.equation(block: true, $""$) #row] }
  if row == auto { return math.equation(block: true, $""$) }
  let tagged = math.equation(block: true, numbering: _ => row.tag, $""$)
  if "label" in row [#tagged #row.label] else { tagged }
  counter(math.equation).update(n => n - 1)
}"""
_ROWS = """\
// Numbers each row of an equation; what stands for the number of a row is told by `row-number`.
#let equation-rows(..rows, body) = context {
  let plain = math.equation.with(block: true, numbering: none)
  let rows = rows.pos()
  if dictionary(std).at("target", default: () => "paged")() == "html" {
    plain(body.body) + rows.map(row-number).join()
  } else { block(width: 100%, layout(size => {
    let children = if body.body.has("children") { body.body.children } else { (body.body,) }
    let lines = children.split(linebreak())
    let strut = box(height: 100pt, baseline: 100pt)
    let y = 0pt
    for (i, row) in rows.enumerate() {
      let line = lines.at(i, default: ()).join()
      let ascent = measure(plain(line + strut)).height - 100pt
      if row != none { place(dy: y + ascent - 0.7em, box(width: size.width, row-number(row))) }
      y += measure(plain(line)).height + par.leading
    }
    plain(body.body)
  })) }
}"""
_CASE_ROWS = """\
// Numbers each row within the brace of an equation.
#let case-rows(..rows, body) = context {
  let shown = math.equation(block: true, numbering: none, body.body)
  let rows = rows.pos()
  if dictionary(std).at("target", default: () => "paged")() == "html" {
    return shown + rows.map(row-number).join()
  }
  block(width: 100%, layout(size => {
    let height = measure(width: size.width, shown).height / rows.len()
    for (i, row) in rows.enumerate() {
      place(dy: (i + 0.5) * height - 0.4em, box(width: size.width, row-number(row)))
    }
    shown
  }))
}"""
_ROWS_WITH_TEXT = """\
// An equation with text between its rows. Each part is set with the rows of the others hidden below it, so
// that all have the same columns. A part with numbers is a list: one for each row, then the equation.
#let rows-with-text(columns: (n, point) => (point,), ..parts) = context {
  let is-rows(part) = type(part) == array or part.func() == math.equation
  let body(part) = each-column(if type(part) == array { part.last() } else { part }, columns).body
  let plain = math.equation.with(block: true, numbering: none)
  let html = dictionary(std).at("target", default: () => "paged")() == "html"
  for (i, part) in parts.pos().enumerate() {
    if not is-rows(part) { block(width: 100%, part); continue }
    let others = parts.pos().enumerate().filter(((n, other)) => n != i and is-rows(other))
    let hidden = if html { () } else { others.map(((n, other)) => hide(body(other))) }
    let whole = plain((body(part), ..hidden).join(linebreak()))
    let shown = if type(part) == array { equation-rows(..part.slice(0, -1), whole) } else { whole }
    if html { shown } else { block(width: 100%, height: measure(plain(body(part))).height, shown) }
  }
}"""
_EACH_COLUMN = """\
// An equation with something else for each `&`: `change` is told which one of its row it is.
#let each-column(body, change) = {
  let html = dictionary(std).at("target", default: () => "paged")() == "html"
  if html or not body.body.has("children") { return body }
  let (count, children) = (0, ())
  for child in body.body.children {
    if child == linebreak() { count = 0 }
    if child.func() != $&$.body.func() { children.push(child); continue }
    count += 1
    children += change(count, child)
  }
  math.equation(block: true, children.join())
}"""
_EQNARRAY = """\
// Rows of three columns, the third one on the left (Typst sets every second column so).
#let third-left(n, point) = if n == 2 { (point, point) } else { (point,) }
#let eqnarray(..rows, body) = context equation-rows(..rows, each-column(body, third-left))"""
_PAIRS_APART = """\
// Rows of several pairs of columns with a space between the pairs, which Typst does not set.
#let pair-space(n, point) = if calc.even(n) { (h(2em), point) } else { (point,) }
#let pairs-apart(..rows, body) = context equation-rows(..rows, each-column(body, pair-space))"""
HELPERS: dict[str, str] = {
    "unnumbered": """\
// An equation without a number.
#let unnumbered(body) = {
  set math.equation(numbering: none)
  body
}""",
    "row-number": _ROW_NUMBER,
    "equation-rows": _ROWS,
    "case-rows": _CASE_ROWS,
    "each-column": _EACH_COLUMN,
    "eqnarray": _EQNARRAY,
    "pairs-apart": _PAIRS_APART,
    "rows-with-text": _ROWS_WITH_TEXT,
    "columns": """\
// HTML has no columns: their text stays.
#show columns: it => context if dictionary(std).at("target", default: () => "paged")() == "html" {
  it.body
} else { it }""",
    "grid": """\
// HTML has no grids: what stands in them stays.
#show grid: it => context if dictionary(std).at("target", default: () => "paged")() == "html" {
  it.children.map(cell => block(cell.body)).join()
} else { it }""",
    "balanced-columns": """\
// Columns of equal height: the smallest one that holds the text, which then does not fill the whole height.
#let balanced-columns(count, body) = context {
  if dictionary(std).at("target", default: () => "paged")() == "html" { return body }
  layout(size => {
    let all = columns(count, body)
    let total = measure(width: (size.width - (count - 1) * 0.04 * size.width) / count, body).height
    let height = total / count
    if height > size.height { return all }
    let used(height) = measure(width: size.width, height: height, all).height
    while height < total and used(height) >= height { height += 3pt }
    block(width: 100%, height: height + 0.1pt, all)
  })
}""",
    "fit-width": """\
// A table made smaller where it is wider than the text.
#let fit-width(body) = context {
  if dictionary(std).at("target", default: () => "paged")() == "html" { return body }
  layout(size => {
    let natural = measure(body).width
    if natural <= size.width { body } else { scale(size.width / natural * 100%, reflow: true, body) }
  })
}""",
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
    "fixed-width": """\
// Fixed-width text that is more than raw text.
#let fixed-width(body) = text(font: "DejaVu Sans Mono", size: 0.8em, body)""",
    "page-of": """\
// The number of the page a label is on.
#let page-of(label) = context link(label, str(counter(page).at(label).first()))""",
    "cited": """\
// Works by number, sorted; three or more in a row as 3–5.
#let cited(..keys) = context {
  let keys = keys.pos()
  if dictionary(std).at("target", default: () => "paged")() == "html" { return keys.map(ref).join[, ] }
  let number(key) = counter(figure.where(kind: "bibitem")).at(key).first()
  let runs = ()
  for key in keys.sorted(key: number) {
    if runs.len() > 0 and number(runs.last().last()) + 1 == number(key) { runs.last().push(key) }
    else { runs.push((key,)) }
  }
  let shown(run) = if run.len() > 2 [#ref(run.first())–#ref(run.last())] else { run.map(ref).join[, ] }
  runs.map(shown).join[, ]
}""",
    "note-number": """\
// The number of a footnote.
#let note-number(label) = context link(label, str(counter(footnote).at(label).first()))""",
    "missing-image": """\
// Stands for a picture that could not be found or read.
#let missing-image(name, width: 60%) = rect(
  width: width, height: 4em, stroke: 0.5pt + gray, align(center + horizon, raw(name)),
)""",
    "drawing": """\
// Source of a picture that was drawn in LaTeX.
#let drawing(source) = block(
  width: 100%, stroke: 0.5pt + gray, inset: 6pt, align(start, text(0.8em, source)),
)""",
    "diagram": (files("typlora.convert.document") / "diagram.typ").read_text(encoding="utf-8").strip(),
    "algorithm-lines": """\
// Lines of an algorithm: how deep each is indented, what it says, and `none` where it has no number.
#let algorithm-lines(numbered: false, ..lines) = {
  let (count, cells) = (0, ())
  for (depth, body, ..rest) in lines.pos() {
    if rest.len() == 0 { count += 1 }
    cells.push(if numbered and rest.len() == 0 [#count:])
    cells.push(pad(left: depth * 1.2em, body))
  }
  block(width: 100%, align(start, grid(
    columns: (auto, 1fr), align: (end, start), column-gutter: 0.8em, row-gutter: 0.6em, ..cells,
  )))
}""",
    "algorithm-figure": """\
#show figure.where(kind: "algorithm"): it => block(
  width: 100%, stroke: (top: 0.8pt, bottom: 0.8pt), inset: (y: 0.5em), {
    if it.caption != none { align(start, it.caption) }
    it.body
  },
)""",
    "with-short": """\
// A caption that is shorter in the list of figures.
#let in-outline = state("in-outline", false)
#show outline: it => {
  in-outline.update(true)
  it
  in-outline.update(false)
}
#let with-short(short, long) = context if in-outline.get() { short } else { long }""",
    "labelled-item": """\
// A list item with a label of its own.
#let labelled-item(label, body) = grid(columns: (auto, 1fr), column-gutter: 0.6em, label, body)""",
    "noted": """\
// What stands over both columns: Typst drops the text of footnotes there, so it follows the body.
#let noted(body) = context {
  let start = here()
  body
  context for note in query(selector(footnote).after(start).before(here())) {
    align(std.start, text(0.8em)[#super[#counter(footnote).at(note.location()).first()] #note.body])
  }
}""",
    "spanning": """\
// Over both columns, at the top of the page.
#let spanning(body) = place(
  top, scope: "parent", float: true, clearance: 1.5em, block(width: 100%, noted(body)),
)""",
    "abstract": """\
#let abstract(body) = {
  align(center, strong(text(0.9em)[Abstract]))
  pad(x: 2em, text(0.9em, body))
}""",
    "part": """\
// A part of the book; it takes no heading level, and stands in the table of contents.
#let part(body) = figure([], kind: "part", supplement: none, numbering: none, outlined: true, caption: body)
#show figure.where(kind: "part"): it => align(center, block(
  above: 3em, below: 2em, text(1.8em, strong(it.caption.body)),
))
#show outline.entry: it => if it.element.at("kind", default: none) != "part" { it } else {
  block(above: 1.2em, link(it.element.location(), strong(it.body() + h(1fr) + it.page())))
}""",
    "subfigure": """\
// A part of a figure, numbered (a), (b), ...
#let subfigure(body, width: auto, caption: none) = box(width: width, inset: 0.4em, figure(
  body, caption: caption, kind: "subfigure", supplement: [], numbering: "(a)",
))
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
#let ruby(base, reading) = box({
  set par(first-line-indent: 0pt)
  place(top + center, dy: -0.7em, box(text(0.5em, reading)))
  base
})""",
    "theorem": """\
// A theorem-like environment: one function for each; those with one kind share a counter.
#let theorem-like(
  name, kind: none, numbering: "1", italic: false, bold: true,
) = (title: none, body) => figure(
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
