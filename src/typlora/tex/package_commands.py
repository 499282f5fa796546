r"""The commands of common packages, as definitions in terms of amsmath; `packages.py` says when they hold.

``\undecided@`` is defined nowhere: a use whose expansion meets it stays in the text as it is. The meanings
are from the packages' manuals.
"""

from collections.abc import Mapping


def _words(names: str) -> list[str]:
    return names.split()


_DIRAC = r"""
\NewDocumentCommand{\bra}{s m}{\IfBooleanTF{#1}{\langle #2\rvert}{\left\langle #2\right\rvert}}
\NewDocumentCommand{\ket}{s m}{\IfBooleanTF{#1}{\lvert #2\rangle}{\left\lvert #2\right\rangle}}
\NewDocumentCommand{\ketbra}{s m g}{\left\lvert #2\right\rangle\!\left\langle
  \IfNoValueTF{#3}{#2}{#3}\right\rvert}
\NewDocumentCommand{\expval}{s m g}{\IfNoValueTF{#3}{\left\langle #2\right\rangle}{\left\langle
  #3\middle\vert #2\middle\vert #3\right\rangle}}
\NewDocumentCommand{\mel}{s m m m}{\left\langle #2\middle\vert #3\middle\vert #4\right\rangle}
\let\dyad\ketbra \let\outerproduct\ketbra
\let\ev\expval \let\expectationvalue\expval \let\vev\expval \let\matrixel\mel \let\matrixelement\mel
"""

# A delimiter of any size around what follows in brackets of some kind; \undecided@ gives the use up.
_QUANTITY = r"""
\NewDocumentCommand{\qty}{s t\Bigg t\bigg t\Big t\big}{\IfBooleanTF{#1}{\qty@round{}{}}{\IfBooleanTF{#2}
  {\qty@round{\Biggl}{\Biggr}}{\IfBooleanTF{#3}{\qty@round{\biggl}{\biggr}}{\IfBooleanTF{#4}
  {\qty@round{\Bigl}{\Bigr}}{\IfBooleanTF{#5}{\qty@round{\bigl}{\bigr}}{\qty@round{\left}{\right}}}}}}}
\NewDocumentCommand{\qty@round}{m m d()}{\IfNoValueTF{#3}{\qty@square{#1}{#2}}{#1(#3#2)}}
\NewDocumentCommand{\qty@square}{m m d[]}{\IfNoValueTF{#3}{\qty@bar{#1}{#2}}{#1[#3#2]}}
\NewDocumentCommand{\qty@bar}{m m d||}{\IfNoValueTF{#3}{\qty@brace{#1}{#2}}{#1\lvert #3#2\rvert}}
\NewDocumentCommand{\qty@brace}{m m g}{\IfNoValueTF{#3}{\undecided@}{#1\{#3#2\}}}
\let\quantity\qty
"""

_MATRICES = r"""
\NewDocumentCommand{\mqty}{s d()}{\IfNoValueTF{#2}{\mqty@square}{\begin{pmatrix}#2\end{pmatrix}}}
\NewDocumentCommand{\mqty@square}{d[]}{\IfNoValueTF{#1}{\mqty@bar}{\begin{bmatrix}#1\end{bmatrix}}}
\NewDocumentCommand{\mqty@bar}{d||}{\IfNoValueTF{#1}{\mqty@brace}{\begin{vmatrix}#1\end{vmatrix}}}
\NewDocumentCommand{\mqty@brace}{g}{\IfNoValueTF{#1}{\undecided@}{\begin{matrix}#1\end{matrix}}}
\NewDocumentCommand{\smqty}{s d()}{\IfNoValueTF{#2}{\smqty@square}{\left(\begin{smallmatrix}#2
  \end{smallmatrix}\right)}}
\NewDocumentCommand{\smqty@square}{d[]}{\IfNoValueTF{#1}{\smqty@brace}{\left[\begin{smallmatrix}#1
  \end{smallmatrix}\right]}}
\NewDocumentCommand{\smqty@brace}{g}{\IfNoValueTF{#1}{\undecided@}{\begin{smallmatrix}#1\end{smallmatrix}}}
\newcommand{\pmqty}[1]{\begin{pmatrix}#1\end{pmatrix}}
\newcommand{\bmqty}[1]{\begin{bmatrix}#1\end{bmatrix}}
\newcommand{\vmqty}[1]{\begin{vmatrix}#1\end{vmatrix}}
\let\matrixquantity\mqty \let\mdet\vmqty
"""

_DERIVATIVES = r"""
\NewDocumentCommand{\dv}{s o m g}{\derive@{#1}{#2}{\mathrm{d}}{#3}{#4}}
\NewDocumentCommand{\fdv}{s o m g}{\derive@{#1}{#2}{\delta}{#3}{#4}}
\NewDocumentCommand{\derive@}{m m m m m}{\IfNoValueTF{#5}{\slash@{#1}{\power@{#3}{#2}}{#3 \power@{#4}{#2}}}
  {\slash@{#1}{\power@{#3}{#2} #4}{#3 \power@{#5}{#2}}}}
\NewDocumentCommand{\slash@}{m m m}{\IfBooleanTF{#1}{#2/#3}{\frac{#2}{#3}}}
\NewDocumentCommand{\power@}{m m}{\IfNoValueTF{#2}{#1}{\IfBlankTF{#2}{#1}{#1^{#2}}}}
\NewDocumentCommand{\pdv}{s o m g g}{\IfNoValueTF{#5}{\derive@{#1}{#2}{\partial}{#3}{#4}}
  {\slash@{#1}{\partial^2 #3}{\partial #4\partial #5}}}
\NewDocumentCommand{\dd}{s o g}{\IfNoValueTF{#3}{\power@{\mathrm{d}}{#2}}{\,\power@{\mathrm{d}}{#2}#3}}
\let\derivative\dv \let\partialderivative\pdv \let\pderivative\pdv \let\functionalderivative\fdv
\let\differential\dd
"""

_PHYSICS = (
    _DIRAC
    + _QUANTITY
    + _MATRICES
    + _DERIVATIVES
    + r"""
\NewDocumentCommand{\braket}{s m g}{\left\langle #2\middle\vert\IfNoValueTF{#3}{#2}{#3}\right\rangle}
\let\innerproduct\braket \let\ip\braket \let\op\ketbra
\NewDocumentCommand{\abs}{s m}{\IfBooleanTF{#1}{\lvert #2\rvert}{\left\lvert #2\right\rvert}}
\NewDocumentCommand{\norm}{s m}{\IfBooleanTF{#1}{\lVert #2\rVert}{\left\lVert #2\right\rVert}}
\NewDocumentCommand{\eval}{s g}{\IfNoValueTF{#2}{\rvert}{\left.#2\right\rvert}}
\let\absolutevalue\abs \let\evaluated\eval
\NewDocumentCommand{\order}{s m}{\mathcal{O}\left(#2\right)}
\NewDocumentCommand{\comm}{s m m}{\left[#2,#3\right]}
\NewDocumentCommand{\acomm}{s m m}{\left\{#2,#3\right\}}
\let\commutator\comm \let\anticommutator\acomm \let\pb\acomm \let\poissonbracket\acomm
\newcommand{\pqty}[1]{\left(#1\right)}
\newcommand{\bqty}[1]{\left[#1\right]}
\newcommand{\vqty}[1]{\left\lvert #1\right\rvert}
\newcommand{\Bqty}[1]{\left\{#1\right\}}
\NewDocumentCommand{\vb}{s m}{\IfBooleanTF{#1}{\boldsymbol{#2}}{\mathbf{#2}}}
\NewDocumentCommand{\va}{s m}{\vec{\IfBooleanTF{#1}{\boldsymbol{#2}}{\mathbf{#2}}}}
\NewDocumentCommand{\vu}{s m}{\hat{\IfBooleanTF{#1}{\boldsymbol{#2}}{\mathbf{#2}}}}
\let\vectorbold\vb \let\vectorarrow\va \let\vectorunit\vu
\newcommand{\vdot}{\boldsymbol{\cdot}} \let\dotproduct\vdot
\newcommand{\cross}{\boldsymbol{\times}} \let\crossproduct\cross \let\cp\cross
\newcommand{\grad}{\boldsymbol{\nabla}} \let\gradient\grad
\newcommand{\div}{\boldsymbol{\nabla}\boldsymbol{\cdot}} \let\divergence\div
\newcommand{\curl}{\boldsymbol{\nabla}\boldsymbol{\times}}
\newcommand{\laplacian}{\nabla^2}
\newcommand{\variation}{\delta} \let\var\variation
\NewDocumentCommand{\flatfrac}{m m}{#1/#2}
\DeclareMathOperator{\tr}{tr} \let\trace\tr
\DeclareMathOperator{\Tr}{Tr} \let\Trace\Tr
\DeclareMathOperator{\rank}{rank} \DeclareMathOperator{\erf}{erf} \DeclareMathOperator{\Res}{Res}
\let\Residue\Res
\let\real\Re \let\imaginary\Im
\DeclareMathOperator{\Re}{Re} \DeclareMathOperator{\Im}{Im}
\newcommand{\principalvalue}{\mathcal{P}} \let\pv\principalvalue
\newcommand{\PV}{\operatorname{P.V.}}
\newcommand{\qcomma}{,\quad} \let\qc\qcomma
\NewDocumentCommand{\qq}{s m}{\IfBooleanTF{#1}{}{\quad}\text{#2}\quad}
"""
    + "".join(
        rf"\NewDocumentCommand{{\q{word}}}{{s}}{{\IfBooleanTF{{#1}}{{}}{{\quad}}\text{{{word}}}\quad}}"
        for word in _words(
            """if then else otherwise unless given using assume since let for all even odd integer and or
            as in"""
        )
    )
)

_BRAKET = r"""
\newcommand{\bra}[1]{\langle #1\rvert} \newcommand{\ket}[1]{\lvert #1\rangle}
\newcommand{\braket}[1]{\langle #1\rangle} \newcommand{\ketbra}[2]{\lvert #1\rangle\langle #2\rvert}
\newcommand{\Bra}[1]{\left\langle #1\right\rvert} \newcommand{\Ket}[1]{\left\lvert #1\right\rangle}
\newcommand{\Braket}[1]{\left\langle #1\right\rangle}
\newcommand{\set}[1]{\{\,#1\,\}} \newcommand{\Set}[1]{\left\{\,#1\,\right\}}
"""

_COMMATH = r"""
\newcommand{\dif}{\,\mathrm{d}} \newcommand{\Dif}{\,\mathrm{D}}
\NewDocumentCommand{\od}{o m m}{\frac{\power@{\mathrm{d}}{#1} #2}{\mathrm{d}\power@{#3}{#1}}}
\NewDocumentCommand{\pd}{o m m}{\frac{\power@{\partial}{#1} #2}{\partial\power@{#3}{#1}}}
\NewDocumentCommand{\power@}{m m}{\IfNoValueTF{#2}{#1}{\IfBlankTF{#2}{#1}{#1^{#2}}}}
\newcommand{\md}[6]{\frac{\partial^{#2} #1}{\partial #3^{#4}\partial #5^{#6}}}
\newcommand{\del}[2][]{\left(#2\right)} \newcommand{\cbr}[2][]{\left\{#2\right\}}
\newcommand{\sbr}[2][]{\left[#2\right]} \newcommand{\set}[2][]{\left\{#2\right\}}
\newcommand{\abs}[2][]{\left\lvert #2\right\rvert} \newcommand{\norm}[2][]{\left\lVert #2\right\rVert}
\newcommand{\envert}[2][]{\left\lvert #2\right\rvert} \newcommand{\enVert}[2][]{\left\lVert #2\right\rVert}
\newcommand{\fullfunction}[5]{\begin{aligned}#1\colon #2&\to #3\\#4&\mapsto #5\end{aligned}}
\newcommand{\eval}[2][]{\left.#2\right\rvert}
\newcommand{\intoo}[2][]{\left(#2\right)} \newcommand{\intcc}[2][]{\left[#2\right]}
\newcommand{\intoc}[2][]{\left(#2\right]} \newcommand{\intco}[2][]{\left[#2\right)}
"""

# The indices of a tensor stand one after the other, each alone; \indices@end stops the reading.
_TENSOR = r"""
\newcommand{\indices}[1]{\indices@next#1\indices@end} \newcommand{\indices@end}{}
\NewDocumentCommand{\indices@next}{e{^_}}{\IfNoValueTF{#1}{\IfNoValueTF{#2}{}{{}_{#2}\indices@next}}
  {{}^{#1}\IfNoValueTF{#2}{}{{}_{#2}}\indices@next}}
\NewDocumentCommand{\tensor}{s O{} m m}{\IfBooleanTF{#1}{\undecided@}{\IfBlankF{#2}
  {\indices@next#2\indices@end}#3\indices@next#4\indices@end}}
"""

_FRACTIONS = r"\NewDocumentCommand{\NAME}{o m m}{{}^{#2}\!/{}_{#3}}"

_DERIVATIVE = (
    _DERIVATIVES
    + r"""
\let\odv\dv
\NewDocumentCommand{\odif}{s o m}{\odif@next{\mathrm{d}}{#2}#3,\odif@end,}
\NewDocumentCommand{\pdif}{s o m}{\odif@next{\partial}{#2}#3,\odif@end,}
\NewDocumentCommand{\mdif}{s o m}{\odif@next{\mathrm{D}}{#2}#3,\odif@end,}
\def\odif@next#1#2#3,{\ifstrequal{#3}{\odif@end}{}{\,\power@{#1}{#2}#3\odif@next{#1}{#2}}}
"""
)

_GREEK = dict(
    zip(
        _words(
            """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
            upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"""
        ),
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        strict=True,
    )
)

# Keywords of algorithms, which authors write in commands of their own and redefine.
_KEYWORDS = "".join(
    rf"\newcommand{{\algorithmic{name}}}{{\textbf{{{words}}}}}"
    for name, words in (
        *(
            (word, word)
            for word in _words("if then else end for do while repeat until loop return procedure")
        ),
        *(("function", "function"), ("forall", "for all"), ("elsif", "else if")),
        *(("require", "Require:"), ("ensure", "Ensure:")),
    )
)
PACKAGES: Mapping[str, str] = {
    "physics": _PHYSICS,
    "braket": _BRAKET,
    "commath": _COMMATH,
    "tensor": _TENSOR,
    "nicefrac": _FRACTIONS.replace("NAME", "nicefrac"),
    "xfrac": _FRACTIONS.replace("NAME", "sfrac"),
    "units": _FRACTIONS.replace("NAME", "nicefrac")
    + r"\NewDocumentCommand{\unit}{o m}{\IfNoValueTF{#1}{}{#1\,}\mathrm{#2}}"
    r"\NewDocumentCommand{\unitfrac}{o m m}{\IfNoValueTF{#1}{}{#1\,}{}^{\mathrm{#2}}\!/{}_{\mathrm{#3}}}",
    "mathtools": r"\newcommand{\vdotswithin}[1]{\vdots} \newcommand{\lparen}{(} \newcommand{\rparen}{)}"
    r"\newcommand{\splitfrac}[2]{\begin{gathered}#1\\#2\end{gathered}}",
    "amsmath": r"\newcommand{\varlimsup}{\mathop{\overline{\mathrm{lim}}}}"
    r"\newcommand{\varliminf}{\mathop{\underline{\mathrm{lim}}}}",
    "mleftright": r"\newcommand{\mleft}{\left} \newcommand{\mright}{\right}",
    "gensymb": r"\newcommand{\celsius}{^{\circ}\mathrm{C}} \newcommand{\ohm}{\Omega}"
    r"\newcommand{\micro}{\mu} \newcommand{\perthousand}{‰}",
    "interval": r"\NewDocumentCommand{\interval}{O{} m m}{\ifstrequal{#1}{open}{]#2,#3[}"
    r"{\ifstrequal{#1}{open left}{]#2,#3]}{\ifstrequal{#1}{open right}{[#2,#3[}{[#2,#3]}}}}",
    "derivative": _DERIVATIVE,
    **dict.fromkeys(("algpseudocode", "algcompatible", "algorithmic"), _KEYWORDS),
    "textgreek": "".join(rf"\newcommand{{\text{name}}}{{{letter}}}" for name, letter in _GREEK.items()),
}
"""Definitions by package, as LaTeX."""

# Both have a \qty, which authors then use for both: two groups are a number and its unit.
WITH_UNITS = r"""
\NewDocumentCommand{\qty@brace}{m m g g}{\IfNoValueTF{#3}{\undecided@}
  {\IfNoValueTF{#4}{#1\{#3#2\}}{\SI{#3}{#4}}}}
"""

# Without the document nobody knows whether \braket{a} is the mean or the norm: what stands in it decides.
GUESSED = r"""
\NewDocumentCommand{\braket}{s m g}{\IfNoValueTF{#3}{\left\langle #2\right\rangle}{\left\langle
  #2\middle\vert #3\right\rangle}}
"""
