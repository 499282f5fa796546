"""Names of Typst's maths that rewriting and spacing need to know.

Sources: the symbol and operator pages of Typst's documentation; a test asks the pinned compiler for each.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GREEK = _words(
    """
    alpha beta gamma delta epsilon epsilon.alt zeta eta theta theta.alt iota kappa lambda mu nu xi
    omicron pi pi.alt rho rho.alt sigma sigma.alt tau upsilon phi phi.alt chi psi omega Gamma Delta
    Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    """
)

OPERATORS = _words(
    """
    arccos arcsin arctan arg cos cosh cot coth csc csch ctg deg det dim exp gcd lcm hom id im inf ker lg
    lim liminf limsup ln log max min mod Pr sec sech sin sinc sinh sup tan tanh tg tr
    """
)

DOUBLE = frozenset(letter * 2 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")

TAKES_PARENTHESES = GREEK | OPERATORS | DOUBLE | {"ell", "nabla", "Re", "Im", "aleph", "planck"}
"""Names after which ``(`` follows directly: they are no functions of Typst, so it only looks like a call."""

LARGE = _words(
    """
    sum product integral integral.double integral.triple integral.cont union.big inter.big plus.o.big
    times.o.big or.big and.big product.co
    """
)

SHORT = {
    "lt.eq": "<=",
    "gt.eq": ">=",
    "eq.not": "!=",
    "arrow.r": "->",
    "arrow.l": "<-",
    "arrow.l.r": "<->",
    "arrow.r.long": "-->",
    "arrow.l.long": "<--",
    "arrow.l.r.long": "<-->",
    "arrow.r.double": "=>",
    "arrow.l.r.double": "<=>",
    "arrow.r.double.long": "==>",
    "arrow.l.double.long": "<==",
    "arrow.l.r.double.long": "<==>",
    "arrow.r.bar": "|->",
    "arrow.r.squiggly": "~>",
    "colon.eq": ":=",
    "coloneq": ":=",
    "eq.colon": "=:",
    "lt.double": "<<",
    "gt.double": ">>",
    "dots.h": "...",
    "dots.h.c": "dots.c",
    "dot.op": "dot",
    "tilde.op": "~",
    "star.op": "star",
    "lt": "<",
    "gt": ">",
    "eq": "=",
    "plus": "+",
    "hyph.minus": "-",
    "minus": "-",
    "comma": ",",
    "colon": ":",
    "slash": "\\/",
    "ast.op": "*",
    "ast": "*",
    "excl": "!",
    "bar.v": "|",
    "diameter": "emptyset",
    "nothing": "emptyset",
    "planck.reduce": "planck",
    "infinity": "oo",
    "tilde": "~",
    "mapsto": "|->",
    "xor": "plus.o",
    "triangle.stroked.t": "triangle.t",
}
"""Longer name -> what a person writes."""
