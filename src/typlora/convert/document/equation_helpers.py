"""Helpers of the preamble for displays: rows with numbers, columns, words between rows."""

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
_MULTLINE = """\
// One formula over several rows: the first on the left, the last on the right, where its number stands.
#let multline(..number, shoved: (:), body) = context {
  let plain = math.equation.with(block: true, numbering: none)
  let number = number.pos().map(row-number).join()
  if dictionary(std).at("target", default: () => "paged")() == "html" { return plain(body.body) + number }
  let lines = body.body.fields().at("children", default: (body.body,)).split(linebreak())
  let last = lines.len() - 1
  let room = if number == none { 1em } else { measure(number).width / 2 + 0.5em }
  let strut = box(height: 100pt, baseline: 100pt)
  let row(i, line) = {
    let side = shoved.at(str(i), default: if i == 0 { start } else if i == last { end } else { center })
    if i == last and number != none {
      place(dy: measure(plain(line + strut)).height - 100pt - 0.7em, box(width: 100%, number))
    }
    align(side, pad(left: 1em, right: if side == end { room } else { 1em }, box(plain(line))))
  }
  stack(spacing: par.leading, ..lines.enumerate().map(((i, line)) => {
    block(width: 100%, row(i, $""$.body + line.join()))  // as in LaTeX, a sign before a row is that of a sum
  }))
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
EQUATION_HELPERS: dict[str, str] = {
    "row-number": _ROW_NUMBER,
    "equation-rows": _ROWS,
    "case-rows": _CASE_ROWS,
    "multline": _MULTLINE,
    "each-column": _EACH_COLUMN,
    "eqnarray": _EQNARRAY,
    "pairs-apart": _PAIRS_APART,
    "rows-with-text": _ROWS_WITH_TEXT,
}
