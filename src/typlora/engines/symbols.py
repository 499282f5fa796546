"""LaTeX commands that stand for one symbol, where an engine misreads them; and which are relations.

Found by giving every command of 72,000 real formulas to both engines and comparing code points with
those of unicode-math.
"""

from typlora.tex.wordlist import words

SYMBOLS = {
    "\\|": "bar.v.double",
    "\\Vert": "bar.v.double",
    "\\lVert": "bar.v.double",
    "\\rVert": "bar.v.double",
    "\\vert": "|",
    "\\lvert": "|",
    "\\rvert": "|",
    "\\circ": "compose",
    "\\ast": "ast",
    "\\setminus": "without",
    "\\smallsetminus": "without",
    "\\backslash": "backslash",
    "\\implies": "==>",
    "\\impliedby": "<==",
    "\\iff": "<==>",
    "\\Longrightarrow": "==>",
    "\\Longleftarrow": "<==",
    "\\Longleftrightarrow": "<==>",
    "\\longrightarrow": "-->",
    "\\longleftarrow": "<--",
    "\\longleftrightarrow": "<-->",
    "\\longmapsto": "arrow.r.long.bar",
    "\\leadsto": "arrow.r.squiggly",
    "\\leqslant": "lt.eq.slant",
    "\\geqslant": "gt.eq.slant",
    "\\coloneqq": "colon.eq",
    "\\coloneq": "colon.eq",
    "\\eqqcolon": "eq.colon",
    "\\eqcolon": "eq.colon",
    "\\Coloneqq": "colon.double.eq",
    "\\vcentcolon": ":",
    "\\ratio": ":",
    "\\varnothing": "emptyset",
    "\\emptyset": "emptyset",
    "\\Box": "square.stroked",
    "\\square": "square.stroked",
    "\\Diamond": "diamond.stroked",
    "\\blacksquare": "square.filled",
    "\\qedsymbol": "square.stroked",
    "\\ne": "eq.not",
    "\\neq": "eq.not",
    "\\surd": '"√"',
    "\\preceq": "prec.eq",
    "\\succeq": "succ.eq",
    "\\subsetneq": "subset.neq",
    "\\supsetneq": "supset.neq",
    "\\subseteqq": "⫅",
    "\\supseteqq": "⫆",
    "\\nsubseteq": "subset.eq.not",
    "\\nsupseteq": "supset.eq.not",
    "\\nleq": "lt.eq.not",
    "\\ngeq": "gt.eq.not",
    "\\models": "tack.r.double",
    "\\Vvdash": "⊪",
    "\\pitchfork": "⋔",
    "\\varpropto": "prop",
    "\\bumpeq": "≏",
    "\\circeq": "≗",
    "\\eqcirc": "≖",
    "\\doteqdot": "eq.dots",
    "\\triangleq": "eq.delta",
    "\\diamond": "diamond.stroked.small",
    "\\diamondsuit": "suit.diamond.stroked",
    "\\heartsuit": "suit.heart.stroked",
    "\\spadesuit": "suit.spade.filled",
    "\\clubsuit": "suit.club.filled",
    "\\intercal": "⊺",
    "\\triangleright": "triangle.stroked.r",
    "\\triangleleft": "triangle.stroked.l",
    "\\vartriangleright": "gt.tri",
    "\\vartriangleleft": "lt.tri",
    "\\blacktriangleleft": "triangle.filled.l",
    "\\blacktriangleright": "triangle.filled.r",
    "\\bigtriangleup": "triangle.stroked.t",
    "\\bigtriangledown": "triangle.stroked.b",
    "\\triangledown": "triangle.stroked.small.b",
    "\\prime": "prime",
    "\\amalg": "⨿",
    "\\uplus": "union.plus",
    "\\veebar": "⊻",
    "\\barwedge": "⊼",
    "\\Join": "⋈",
    "\\dotsc": "dots.h",
    "\\dotso": "dots.h",
    "\\ldots": "dots.h",
    "\\dotsb": "dots.c",
    "\\dotsm": "dots.c",
    "\\dotsi": "dots.c",
    "\\cdots": "dots.c",
    "\\vdots": "dots.v",
    "\\ddots": "dots.down",
    "\\dagger": "dagger",
    "\\dag": "dagger",
    "\\ddagger": "dagger.double",
    "\\ddag": "dagger.double",
    "\\hbar": "planck",
    "\\hslash": "planck",
    "\\lbrack": "\\[",
    "\\rbrack": "\\]",
    "\\&": "\\&",
    "\\_": "\\_",
    "\\$": "\\$",
    "\\#": "\\#",
    "\\%": "%",
    "\\lt": "<",
    "\\gt": ">",
    "\\dotsint": "integral dots.c integral",
    "\\iint": "integral.double",
    "\\iiint": "integral.triple",
    "\\oiint": "integral.surf",
    "\\bigsqcup": "union.sq.big",
    "\\biguplus": "union.plus.big",
    "\\bigodot": "dot.o.big",
    "\\And": "\\&",
    "\\complement": "complement",
    "\\eth": "ð",
    "\\wp": "℘",
    "\\ell": "ell",
    "\\imath": "dotless.i",
    "\\jmath": "dotless.j",
    "\\upharpoonright": "harpoon.tr",
    "\\restriction": "harpoon.tr",
    "\\lhd": "lt.tri",
    "\\rhd": "gt.tri",
    "\\unlhd": "lt.tri.eq",
    "\\unrhd": "gt.tri.eq",
    "\\slash": "\\/",
    "/": "\\/",
}
"""Plain symbols; limits of big operators among them are the engines' and Typst's own business."""

NEGATED = {
    "=": "eq.not",
    "\\in": "in.not",
    "\\ni": "in.rev.not",
    "\\equiv": "equiv.not",
    "\\sim": "tilde.not",
    "\\simeq": "tilde.eq.not",
    "\\approx": "approx.not",
    "\\cong": "tilde.equiv.not",
    "\\subset": "subset.not",
    "\\supset": "supset.not",
    "\\subseteq": "subset.eq.not",
    "\\supseteq": "supset.eq.not",
    "\\sqsubseteq": "subset.eq.sq.not",
    "\\sqsupseteq": "supset.eq.sq.not",
    "<": "lt.not",
    ">": "gt.not",
    "\\le": "lt.eq.not",
    "\\leq": "lt.eq.not",
    "\\ge": "gt.eq.not",
    "\\geq": "gt.eq.not",
    "\\prec": "prec.not",
    "\\succ": "succ.not",
    "\\mid": "divides.not",
    "|": "divides.not",
    "\\parallel": "parallel.not",
    "\\exists": "exists.not",
    "\\vdash": "tack.r.not",
    "\\models": "tack.r.double.not",
    "\\vDash": "tack.r.double.not",
    "\\Vdash": "forces.not",
    "\\to": "arrow.r.not",
    "\\rightarrow": "arrow.r.not",
    "\\leftarrow": "arrow.l.not",
    "\\leftrightarrow": "arrow.l.r.not",
    "\\Rightarrow": "arrow.r.double.not",
    "\\implies": "arrow.r.double.not",
    "\\Leftarrow": "arrow.l.double.not",
    "\\Leftrightarrow": "arrow.l.r.double.not",
    "\\iff": "arrow.l.r.double.not",
}
"""What ``\\not`` in front of a relation makes of it."""

RELATIONS = frozenset(
    f"\\{name}"
    for name in words(
        r"""
        approx approxeq asymp backsim backsimeq because bowtie bumpeq circeq colon Colon coloneq
        coloneqq cong curlyeqprec curlyeqsucc dashv doteq doteqdot downarrow Downarrow
        downharpoonright eqcirc eqcolon eqdef eqqcolon eqsim equiv fallingdotseq frown ge geq geqq
        geqslant gets gg ggg gnapprox gneq gneqq gnsim gtrapprox gtrdot gtreqless gtrless gtrsim
        hookleftarrow hookrightarrow iff impliedby implies in Join leadsto le leftarrow Leftarrow
        leftharpoondown leftharpoonup leftleftarrows leftrightarrow Leftrightarrow leq leqq
        leqslant lessapprox lessdot lesseqgtr lessgtr lesssim ll lll lnapprox lneq lneqq lnsim
        longleftarrow Longleftarrow longleftrightarrow Longleftrightarrow longmapsto
        longrightarrow Longrightarrow looparrowleft looparrowright lt gt mapsfrom mapsto mid
        models multimap ncong ne nearrow neq ngeq ngtr ni nleftarrow nleftrightarrow nleq nless
        nmid notin nparallel nprec nrightarrow nsim nsubseteq nsucc nsupseteq nvdash nVdash nvDash
        nwarrow parallel perp pitchfork prec precapprox preccurlyeq preceq precsim propto
        rightarrow Rightarrow rightarrowtail rightharpoondown rightharpoonup rightleftarrows
        rightleftharpoons rightrightarrows rightsquigarrow risingdotseq searrow sim simeq smile
        sqsubset sqsubseteq sqsupset sqsupseteq subset Subset subseteq subseteqq subsetneq succ
        succapprox succcurlyeq succeq succsim supset Supset supseteq supseteqq supsetneq swarrow
        therefore to triangleleft trianglelefteq triangleq triangleright trianglerighteq
        twoheadleftarrow twoheadrightarrow uparrow Uparrow updownarrow Updownarrow upharpoonright
        upuparrows varpropto vartriangleleft vartriangleright vcentcolon vdash vDash Vdash Vvdash
        dagger ddagger dag ddag lhd rhd unlhd unrhd restriction
        """
    )
) | frozenset("=<>:")
"""Typst sets scripts of these above and below, LaTeX beside: they are wrapped in ``scripts(...)``."""
