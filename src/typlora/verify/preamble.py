"""What the verifier adds before a candidate so that Typst's HTML export shows what it would drop.

Typst 0.15 leaves out ``overline``, ``underline``, ``cancel``, boxes and the lines of a matrix in MathML. Each
becomes something the reader in ``mathml`` knows; a warning "was ignored" for anything else means that part of
the candidate cannot be checked.
"""

FORMULA_PREAMBLE = """\
#show math.overline: it => math.accent(it.body, "\\u{305}")
#show math.underline: it => math.attach(math.limits(it.body), b: "\\u{332}")
#show math.cancel: it => math.attach(math.limits(it.body), t: "\\u{336}")
#show math.mat: it => if it.augment == none { it } else {
  math.attach(math.limits(it), t: "\\u{2983}" + repr(it.augment) + "\\u{2984}")
}
#show box: it => math.attach(math.limits(math.inline(it.body)), t: "\\u{25a2}\\u{25a2}")
"""
