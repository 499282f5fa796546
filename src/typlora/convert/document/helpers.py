"""Helpers of the preamble: Typst functions a document gets when it uses them."""

from importlib.resources import files

from typlora.convert.document.equation_helpers import EQUATION_HELPERS

HELPERS: dict[str, str] = {
    "unnumbered": """\
// An equation without a number.
#let unnumbered(body) = {
  set math.equation(numbering: none)
  body
}""",
    **EQUATION_HELPERS,
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
    "cv-item": """\
// A row of a curriculum vitae.
#let cv-item(left, right) = grid(
  columns: (20%, 1fr), column-gutter: 1em, align(end, left), right,
)""",
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
