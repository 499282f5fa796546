r"""Commands for text that classes, languages and packages have, as definitions in terms of LaTeX's own.

Keys are ``class:NAME``, ``babel:LANGUAGE`` or the name of a package; `packages.py` says when they hold.
"""

from collections.abc import Mapping


def _operators(names: str) -> str:
    return "".join(rf"\DeclareMathOperator{{\{name}}}{{{name}}}" for name in names.split())


def _raised(**names: str) -> str:
    return "".join(rf"\newcommand{{\{name}}}{{\textsuperscript{{{end}}}}}" for name, end in names.items())


_FRENCH = (
    _raised(ier="er", iers="ers", iere="re", ieres="res", ieme="e", iemes="es")
    + r"""
\newcommand{\no}{n\textsuperscript{o}~} \newcommand{\nos}{n\textsuperscript{os}~}
\newcommand{\No}{N\textsuperscript{o}~} \newcommand{\Nos}{N\textsuperscript{os}~}
\newcommand{\bsc}[1]{\textsc{#1}} \newcommand{\nombre}[1]{#1} \newcommand{\degres}{°} \newcommand{\degre}{°}
\newcommand{\fup}[1]{\textsuperscript{#1}}
"""
)
_SPANISH = (
    _operators("sen tg arcsen arctg cotg cosec senh tgh") + r"\newcommand{\sptext}[1]{\textsuperscript{#1}}"
)
_QUOTES = r"\newcommand{\uv}[1]{\quotedblbase #1\textquotedblleft{}}"
_CYRILLIC = _operators("tg ctg arctg arcctg cosec cth")

# \part means a section everywhere else; `RENAMED` gives it and the solutions their names.
_POINTS = r"\IfNoValueTF{#1}{}{(#1~\ifstrequal{#1}{1}{\exam@point}{\exam@points}) }"
_BONUS = r"\IfNoValueTF{#1}{}{(#1~\exam@points{} (bonus)) }"
_EXAM = (
    r"\newcommand{\exam@point}{point} \newcommand{\exam@points}{points}"
    r"\newcommand{\pointpoints}[2]{\def\exam@point{#1}\def\exam@points{#2}}"
    + "".join(
        rf"\NewDocumentCommand{{\{name}}}{{o}}{{\item {_POINTS}}}"
        for name in ("question", "exampart", "subpart", "subsubpart")
    )
    + "".join(
        rf"\NewDocumentCommand{{\bonus{name}}}{{o}}{{\item {_BONUS}}}"
        for name in ("question", "part", "subpart", "subsubpart")
    )
    + rf"\NewDocumentCommand{{\titledquestion}}{{m o}}{{\item {_POINTS.replace('#1', '#2')}}}"
    + "".join(
        rf"\newenvironment{{{name}}}{{\begin{{enumerate}}}}{{\end{{enumerate}}}}"
        for name in ("questions", "parts", "subparts", "subsubparts")
    )
    + r"""
\newenvironment{choices}{\begin{enumerate}[label=\Alph*.]}{\end{enumerate}}
\newenvironment{oneparchoices}{\begin{enumerate*}[label=\Alph*.]}{\end{enumerate*}}
\newenvironment{checkboxes}{\begin{itemize}[$\bigcirc$]}{\end{itemize}}
\newenvironment{oneparcheckboxes}{\begin{itemize*}[$\bigcirc$]}{\end{itemize*}}
\newcommand{\choice}{\item } \newcommand{\CorrectChoice}{\item } \newcommand{\correctchoice}{\item }
\NewDocumentCommand{\fillin}{o O{1in}}{\underline{\hspace{#2}}}
\NewDocumentCommand{\answerline}{o}{\par\hrulefill\par}
"""
    + "".join(
        rf"\NewDocumentCommand{{\{name}}}{{m}}{{\par\vspace{{#1}}}}"
        for name in ("makeemptybox", "fillwithlines", "fillwithdottedlines", "fillwithgrid")
    )
    + "".join(
        rf"\newenvironment{{{name}}}[1][]{{\begin{{examsolution}}}}{{\end{{examsolution}}}}"
        for name in (
            "writtensolution",
            "solutionorbox",
            "solutionorlines",
            "solutionordottedlines",
            "solutionorgrid",
        )
    )
)
RENAMED: Mapping[str, Mapping[str, str]] = {
    "class:exam": {"exampart": "part", "writtensolution": "solution"},
}

# One row of a curriculum vitae is \cvitem{left}{right}, which has a writer.
_MODERNCV = r"""
\NewDocumentCommand{\name}{m m}{\cvname{#1}{#2}} \newcommand{\firstname}[1]{\cvname{#1}{}}
\NewDocumentCommand{\address}{m g g}{\cvaddress{#1}{\IfNoValueTF{#2}{}{#2}}{\IfNoValueTF{#3}{}{#3}}}
\newcommand{\quote}[1]{\cvquote{#1}}
\newcommand{\cvpart@}[2]{\ifstrempty{#2}{}{#1#2}}
\NewDocumentCommand{\cventry}{O{} m m m m m m}{\cvitem{#2}{\textbf{#3}\cvpart@{, }{\emph{#4}}\cvpart@{, }{#5}%
\cvpart@{, }{#6}.\ifstrempty{#7}{}{\newline #7}}}
\newcommand{\cvitemwithcomment}[3]{\cvitem{#1}{\textbf{#2} \hfill \emph{#3}}}
\newcommand{\cvlanguage}[3]{\cvitem{#1}{\textbf{#2} \hfill \emph{#3}}}
\newcommand{\cvdoubleitem}[4]{\cvitem{#1}{#2 \hfill \textbf{#3}~#4}}
\newcommand{\cvlistitem}[2][]{\cvitem{}{\textbullet~#2}}
\newcommand{\cvlistdoubleitem}[3][]{\cvitem{}{\textbullet~#2 \hfill \textbullet~#3}}
\newcommand{\cvline}[2]{\cvitem{#1}{#2}} \newcommand{\cvcomputer}[4]{\cvdoubleitem{#1}{#2}{#3}{#4}}
"""
_FLOATROW = r"""
\NewDocumentCommand{\ffigbox}{o o m m}{#3 #4} \NewDocumentCommand{\ttabbox}{o o m m}{#3 #4}
\NewDocumentCommand{\fcapside}{o o m m}{#3 #4}
\newenvironment{floatrow}[1][]{%
\RenewDocumentCommand{\ffigbox}{o o m m}{\begin{minipage}{0.48\textwidth}##3 ##4\end{minipage}\hfill}%
\RenewDocumentCommand{\ttabbox}{o o m m}{\begin{minipage}{0.48\textwidth}##3 ##4\end{minipage}\hfill}}{}
"""

TEXTS: Mapping[str, str] = {
    **dict.fromkeys((f"babel:{name}" for name in ("french", "francais", "frenchb", "acadian")), _FRENCH),
    **dict.fromkeys((f"babel:{name}" for name in ("spanish", "galician")), _SPANISH),
    **dict.fromkeys((f"babel:{name}" for name in ("portuguese", "portuges", "brazil", "brazilian")),
                    _operators("sen tg arcsen arctg cotg cosec senh tgh")),
    **dict.fromkeys((f"babel:{name}" for name in ("czech", "slovak")), _QUOTES),
    **dict.fromkeys((f"babel:{name}" for name in ("russian", "ukrainian", "bulgarian")), _CYRILLIC),
    **dict.fromkeys(("babel:polish", "polski"), _operators("tg ctg arctg arcctg cosec")),
    "class:exam": _EXAM,
    "class:moderncv": _MODERNCV,
    "floatrow": _FLOATROW,
}  # fmt: skip
