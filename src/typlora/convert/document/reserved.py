"""Names that a definition of the document must not take.

A ``#let`` of the document hides what Typst has under the same name, inside formulas too: after
``#let prop = ...`` the symbol ``prop`` of a formula is a function, without any error.
"""

_KEYWORDS = """
if else for while not and or in include import return let set show context break continue none auto true
false as
"""
# dictionary(std), dictionary(math) and dictionary(sym) of Typst 0.15.2
_DEFINED = """
AA Alpha BB Beta CC Chi DD Delta Dif Digamma EE Epsilon Eta FF GG Gamma HH II Im Iota JJ KK Kappa LL
Lambda MM Mu NN Nu OO Omega Omicron PP Phi Pi Pr Psi QQ RR Re Rho SS Sha Sigma TT Tau Theta UU Upsilon
VV WW XX Xi YY ZZ Zeta abs accent acute afghani aleph align alignment alpha amp and angle angstrom
angzarr approx aqua arccos arcsin arctan arg arguments array arrow arrowhead arrows assert ast asymp at
attach backslash bag baht ballot bar bb because beta beth bibliography binom bitcoin black block blue
bold bool bot bottom bowtie box brace bracket breve btt bullet bytes cal calc cancel caret caron cases
cbor cc cedi ceil cent center checkmark chevron chi circle cite class cmyk co colbreak colon color
columns comma complement compose content control convolve copyleft copyright corner cos cosh cot coth
counter crossmark csc csch csv ctg currency curve dagger daleth dash datetime decimal deg degree delta
det diaer diameter diamond dictionary die dif digamma dim direction display div divider divides document
dollar dong dorome dot dotless dots dram duration earth eastern ell ellipse emoji emph emptyset end enum
epsilon eq equation equiv errorbar eta euro eval excl exists exp fence figure flat float floor floral
footnote forall forces frac fraction frak frown fuchsia function gamma gcd gender gimel gradient grave
gray green grid gt guarani harpoon harpoons hash hat heading here hexa hide highlight hom horizon
hourglass hryvnia html hyph id im image in inf infinity inline int integral inter interleave interrobang
iota italic join json jupiter kappa ker kip label lambda laplace lari lat layout lcm left length lg lim
lime liminf limits limsup line linebreak link lira list ln locate location log lorem lower lozenge lr
lrm lt ltr luma macron maltese manat mapsfrom mapsto maroon mars mat math max measure med mercury
metadata mid min minus miny mod models module mono move mu multimap mustache nabla naira natural navy
neptune norm not note nothing nu numbering numero oklab oklch olive omega omicron oo op or orange
original outline overbrace overbracket overline overparen overshell pad page pagebreak panic par
parallel parallelogram parbreak paren partial pataca path pdf pee penta percent permille permyriad perp
peso phi pi pilcrow place planck plugin plus polygon pound power prec prime primes product prop psi
purple qed quad query quest quote range ratio raw read rect red ref refmark regex relative repeat repr
rest rgb rho riel right riyal rlm root rotate round rtl ruble rupee sans saturn scale scr script scripts
sec sech section selector semi serif sha sharp shekel shell sigma silver sin sinc sinh skew slash
smallcaps smartquote smash smile smt som space spacebar sqrt square sscript stack star start state str
stretch strike stroke strong sub subset succ suit sum sun sup super supset sym symbol sys table tack
taka taman tan tanh target tau teal tenge terms text tg therefore theta thick thin tilde tiling times
tiny title togrog toml top tr trademark triangle ttb type underbrace underbracket underline underparen
underscore undershell union upper upright upsilon uranus vec venus version white wide without wj won
wreath xi xml xor yaml yellow yen yuan zero zeta zwj zwnj zws
"""
_HELPERS = """
cited proof part appendix abstract theorem-like subfigure bibitem ruby drawing diagram rows-with-text
balanced-columns noted eqnarray pairs-apart each-column third-left pair-space run-in whole fit-width
"""
TAKEN = frozenset(f"{_KEYWORDS} {_DEFINED} {_HELPERS}".split())


def is_taken(name: str) -> bool:
    """Whether Typst or a helper of the preamble has this name already."""
    return name in TAKEN
