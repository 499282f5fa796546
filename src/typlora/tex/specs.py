"""Which arguments the commands and environments we know take.

An argument specification is a string: ``*`` an optional star, ``[`` an optional argument in brackets,
``{`` a mandatory one, as in pylatexenc. Commands that are not listed take none, so their arguments stay in
the text as ordinary groups: nothing is lost by not knowing a command. To add one, put its name into the row
with its specification.
"""

from collections.abc import Mapping


def _words(names: str) -> list[str]:
    return names.split()


_MACRO_ROWS: tuple[tuple[str, str], ...] = (
    # Accents.
    ("{", r"""' ` " ^ ~ = . c H k b d r u v t"""),
    # Text styles and boxes.
    (
        "{",
        """textbf textit textrm textsf texttt textsc textsl textup textmd textnormal textlf emph underline
        uline uuline uwave sout xout dashuline text mbox hbox fbox textsuperscript textsubscript
        lowercase uppercase MakeUppercase MakeLowercase MakeTextUppercase enquote hl ul oldstylenums
        centerline leftline rightline kana alert structure clap llap rlap vcenter""",
    ),
    ("{{", "textcolor foreignlanguage texorpdfstring href hyperlink hypertarget eqmakebox"),
    ("[{", "marginpar marginline sidenote shortstack tikz inlinegraphics mintinline todo"),
    ("[[{", "makebox framebox savebox"),
    ("[[[{{", "parbox"),
    ("{[[{", "raisebox"),
    ("[{{", "textcolor colorbox rotatebox hyperdef ruby diagbox backslashbox slashbox"),
    ("[{[{{", "fcolorbox"),
    ("[{", "color pagecolor"),
    ("{[{", "scalebox captionof"),
    ("{{{", "resizebox ifthenelse"),
    # Maths.
    (
        "{",
        """mathrm mathbf mathit mathsf mathtt mathcal mathscr mathfrak mathbb mathnormal bm boldsymbol pmb
        symbf symbfit symit symrm symsf symtt symcal symscr symfrak symbb mathds mathbbm mathbbmss vec
        dot ddot dddot ddddot hat check breve acute grave tilde bar mathring widehat widetilde widecheck
        wideparen overline overleftarrow overrightarrow overleftrightarrow underleftarrow underrightarrow
        underleftrightarrow underbar overbrace underbrace overbracket underbracket overgroup undergroup
        overlinesegment underlinesegment overleftharpoon overrightharpoon cancel bcancel xcancel not
        mathop mathbin mathrel mathord mathopen mathclose mathpunct mathinner phantom vphantom hphantom
        boxed ensuremath substack mathclap mathllap mathrlap pmod mod pod ket bra Ket Bra braket Braket
        intertext shortintertext raisetag ce""",
    ),
    (
        "{{",
        """frac dfrac tfrac nicefrac sfrac binom dbinom tbinom stackrel overset underset stackunder stackon
        accentset underaccent ketbra dyad cancelto""",
    ),
    ("[{{", "cfrac"),
    ("{{{", "sideset prescript overunderset"),
    ("{{{{", "mathchoice"),
    ("{{{{{{", "genfrac"),
    ("*{", "operatorname tag"),
    ("*[{{", "dv pdv"),
    (
        "[{",
        """sqrt smash smashoperator xleftarrow xrightarrow xLeftarrow xRightarrow xleftrightarrow
        xLeftrightarrow xmapsto xhookleftarrow xhookrightarrow xrightharpoonup xrightharpoondown
        xleftharpoonup xleftharpoondown xleftrightharpoons xrightleftharpoons xlongequal
        xtwoheadrightarrow xtwoheadleftarrow""",
    ),
    # Labels, references, citations, links.
    (
        "{",
        """label thmref footref url nolinkurl path hypersetup index glossary bibliography
        bibliographystyle nocite doi email orcid""",
    ),
    (
        "*{",
        "ref pageref eqref autoref Autoref nameref cref Cref vref Vref fullref labelcref namecref nameCref"
        " cpageref subref labelcpageref",
    ),
    ("*{{", "crefrange Crefrange"),
    ("{{", "cpagerefrange crefalias crefformat glsdisp"),
    ("{{{", "crefname Crefname"),
    (
        "[{",
        "hyperref addbibresource bibitem orcidlink gls Gls glspl Glspl acs acl acf ac acp Ac acrshort",
    ),
    (
        "*[[{",
        """cite citet citep citealt citealp citeauthor citeyear citeyearpar citefullauthor Cite Citet Citep
        Citealt Citealp Citeauthor parencite Parencite textcite Textcite autocite Autocite footcite
        Footcite supercite footfullcite fullcite smartcite Smartcite citetitle citeurl citedate
        onlinecite citenum shortcite citeasnoun citename""",
    ),
    ("[{{", "pdfbookmark"),
    # Structure.
    (
        "*[{",
        "part chapter section subsection subsubsection paragraph subparagraph caption includegraphics addsec",
    ),
    (
        "[{",
        "title subtitle author date institute thanks affil affiliation altaffiliation address curraddr",
    ),
    (
        "[{",
        "footnote footnotetext keywords subjclass subcaption frametitle includepdf includesvg verbatiminput",
    ),
    ("[{", "lstinputlisting captionsetup"),
    ("[{{", "inputminted"),
    ("{", "citetext"),
    ("[[{", "subfloat footcitetext citetalias citepalias"),
    ("[{[{", "volcite pvolcite"),
    ("{{", "defcitealias"),
    ("[{[", "marginnote"),
    (
        "{",
        """input include subfile includeonly framesubtitle dedication translator titlerunning authorrunning
        IEEEauthorblockN IEEEauthorblockA received revised accepted preprint homepage pacs PACS surname
        authorblockN authorblockA""",
    ),
    ("{{{", "addcontentsline"),
    ("[", "item linebreak nolinebreak pagebreak nopagebreak footnotemark printbibliography displaybreak"),
    ("[", "allowdisplaybreaks twocolumn printindex printglossary printglossaries listoftodos"),
    # Tables.
    ("*[", "\\"),
    ("{{{", "multicolumn specialrule"),
    ("[{[{[{", "multirow"),
    ("[", "toprule midrule bottomrule addlinespace"),
    ("{", "cline"),
    ("[{", "hhline"),
    ("{[{", "newcolumntype"),
    ("[{{", "rule"),
    # Space and layout.
    ("*{", "hspace vspace"),
    ("{{", "setlength addtolength setcounter addtocounter settowidth settoheight settodepth fontsize"),
    ("{{", "setbeamerfont setbeamercolor"),
    ("{[{", "setbeamertemplate"),
    (
        "{",
        """linespread setstretch pagestyle thispagestyle pagenumbering stepcounter refstepcounter arabic
        roman Roman alph Alph fnsymbol value theoremstyle graphicspath DeclareGraphicsExtensions
        usetikzlibrary tikzset tikzstyle pgfplotsset lstset geometry selectlanguage hyphenation sisetup
        mdfsetup mathtoolsset newif newlength newsavebox AtBeginDocument AtEndDocument pdfinfo
        pdfstringdefDisableCommands tcbset""",
    ),
    ("*[{", "usebeamerfont usebeamercolor"),
    (
        "[{",
        """usepackage RequirePackage documentclass LoadClass usetheme usecolortheme usefonttheme
        useinnertheme useoutertheme setenumerate setitemize setdescription setlist setminted
        declaretheoremstyle fancyhead fancyfoot fancyhf lhead rhead chead lfoot rfoot cfoot num ang si
        unit tablenum""",
    ),
    (
        "[{[",
        """setmainfont setsansfont setmonofont setCJKmainfont setmathfont setmainjfont setsansjfont
        setmonojfont""",
    ),
    ("[{{", "SI qty numrange numberwithin"),
    ("[{{{", "SIrange qtyrange definecolor providecolor"),
    ("[{[{", "colorlet"),
    ("{[", "newcounter"),
    ("*{{{{", "titlespacing"),
    ("*{[{{{{[", "titleformat"),
    ("{{{{{{{{{", "newtheoremstyle"),
    ("[{", "declaretheoremstyle"),
    ("{{{{", "DeclareMathSymbol"),
    ("{{{{{", "DeclareMathAlphabet DeclareSymbolFont"),
    ("{{{{{{", "SetMathAlphabet DeclareFontShape"),
    ("{{", "DeclareUnicodeCharacter PassOptionsToPackage PassOptionsToClass"),
    ("[{[[{", "newtcolorbox"),
    # Definitions, where they are left in the text.
    ("*{[[{", "newcommand renewcommand providecommand DeclareRobustCommand newcommandx renewcommandx"),
    ("*{[[{{", "newenvironment renewenvironment provideenvironment"),
    ("*{[{[", "newtheorem"),
    ("[{[", "declaretheorem"),
    ("*{{", "DeclareMathOperator"),
    ("{{{", "DeclarePairedDelimiter"),
    ("{[{{{", "DeclarePairedDelimiterX"),
    ("{[{{{{{", "DeclarePairedDelimiterXPP"),
    ("{{{", "NewDocumentCommand RenewDocumentCommand ProvideDocumentCommand DeclareDocumentCommand"),
    (
        "{{{{",
        "NewDocumentEnvironment RenewDocumentEnvironment DeclareDocumentEnvironment",
    ),
)

# Specification, and whether the inside is maths.
_ENVIRONMENT_ROWS: tuple[tuple[str, bool, str], ...] = (
    (
        "",
        True,
        """equation equation* math displaymath align align* gather gather* flalign flalign* multline
        multline* eqnarray eqnarray* split cases dcases rcases drcases cases* dcases* rcases* matrix
        pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix psmallmatrix bsmallmatrix Bsmallmatrix
        vsmallmatrix Vsmallmatrix dmath dmath* dgroup dgroup* darray darray* CD""",
    ),
    (
        "[",
        True,
        """aligned gathered multlined lgathered rgathered matrix* pmatrix* bmatrix* Bmatrix* vmatrix*
        Vmatrix* tikzcd""",
    ),
    ("{", True, "alignat alignat* xalignat xalignat* xxalignat subarray numcases subnumcases"),
    ("[{", True, "alignedat IEEEeqnarray IEEEeqnarray* IEEEeqnarraybox empheq"),
    ("[{", False, "array tabular longtable supertabular tabu longtabu xltabular tblr longtblr talltblr"),
    ("{[{", False, "tabular* tabularx tabulary"),
    (
        "[",
        False,
        """figure figure* table table* sidewaystable sidewaysfigure marginfigure margintable SCfigure
        algorithm algorithm* algorithm2e algorithmic listing longlisting theorem proposition lemma
        corollary definition conjecture remark proof example exercise claim note observation assumption
        problem solution question fact property axiom notation thm prop lem cor conj rem defn defi def ex
        exa theorem* proposition* lemma* corollary* definition* conjecture* remark* proof* example*
        claim* enumerate itemize description enumerate* itemize* description* compactitem compactenum
        inparaenum asparaenum inparaitem tablenotes tikzpicture scope axis columns tcolorbox mdframed
        threeparttable quoting displayquote frame savequote landscape""",
    ),
    (
        "{",
        False,
        "thebibliography otherlanguage otherlanguage* spacing block alertblock exampleblock adjustbox lrbox",
    ),
    ("{{", False, "list adjustwidth CJK CJK*"),
    ("[[[{", False, "minipage subfigure subtable"),
    ("[{[{", False, "wrapfigure wraptable"),
    ("[{{", False, "restatable"),
    ("[{", False, "column parcolumns filecontents filecontents* IEEEbiography"),
    ("{[", False, "multicols multicols*"),
)

TEXT_ARGUMENT = frozenset(
    _words("""text mbox hbox textrm textit textbf textmd textsc textsf textsl texttt textup textnormal
    textsuperscript textsubscript fbox tag intertext shortintertext label""")
)
"""Commands whose arguments are text even inside maths."""

# Redefining one of these changes the look or the machinery of a document, not what its text says; their uses
# are understood as they stand.
STRUCTURAL = frozenset(
    _words("""begin end documentclass usepackage RequirePackage LoadClass input include maketitle title author
    date thanks institute affil address email part chapter section subsection subsubsection paragraph
    subparagraph appendix caption footnote footnotemark footnotetext item label ref pageref eqref autoref
    cref Cref cite citet citep citealt citealp bibitem bibliography bibliographystyle bibname refname
    newblock tableofcontents listoffigures listoftables includegraphics textbf textit emph texttt textrm
    textsf textsc underline url href hyperref verb par newpage clearpage cleardoublepage hline toprule
    midrule bottomrule multicolumn multirow and frac sqrt left right normalsize small footnotesize
    scriptsize tiny large Large LARGE huge Huge rm bf it sf tt sc sl em bfseries itshape ttfamily
    sffamily rmfamily scshape selectfont baselinestretch arraystretch tabcolsep headrulewidth
    footrulewidth abstractname contentsname figurename tablename today newcommand renewcommand
    providecommand newenvironment renewenvironment newtheorem def let edef gdef xdef text mathrm mathbf
    mathit mathbb mathcal mathfrak ensuremath not usefont fontsize centering labelitemi labelitemii
    labelitemiii labelitemiv labelenumi labelenumii labelenumiii labelenumiv markboth markright
    sectionmark chaptermark subsectionmark leftmark rightmark pagestyle thispagestyle qed qedsymbol
    proofname listfigurename listtablename listalgorithmname lstlistingname lstlistlistingname algorithmname
    figureautorefname tableautorefname sectionautorefname equationautorefname chapterautorefname
    theoremautorefname \\ relax protect space""")
)
"""Commands that are never expanded, whatever a document or its class says they are."""

_SYMBOL_NAMES = frozenset({"'", "`", '"', "^", "~", "=", ".", "\\"})


def _is_name(name: str) -> bool:
    return name in _SYMBOL_NAMES or name.isalpha()


MACRO_SPECS: Mapping[str, str] = {
    name: spec for spec, names in _MACRO_ROWS for name in names.split() if _is_name(name)
}
"""Argument specification of every command we know that takes arguments, by name without backslash."""

ENVIRONMENT_SPECS: Mapping[str, tuple[str, bool]] = {
    name: (spec, is_math) for spec, is_math, names in _ENVIRONMENT_ROWS for name in names.split()
}
"""Argument specification of every environment we know, and whether its inside is maths."""

DISPLAY_ENVIRONMENTS = frozenset(
    _words("""equation equation* displaymath align align* gather gather* flalign flalign* multline multline*
    eqnarray eqnarray* alignat alignat* xalignat xalignat* xxalignat dmath dmath* dgroup dgroup*
    IEEEeqnarray IEEEeqnarray* empheq numcases subnumcases""")
)
"""Environments that are a displayed formula by themselves (``aligned`` stands inside of one)."""
