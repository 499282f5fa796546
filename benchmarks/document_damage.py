"""Damage to a LaTeX document, as editors, version control, haste and malice do it; see `fuzz_documents`.

A damage takes the bytes of a document, a source of chance and how often it strikes, and returns other bytes.
"""

import random
import re
from collections.abc import Callable

Damage = Callable[[bytes, random.Random, int], bytes]

ODD = [
    rb"\def\x{\x}\x", rb"\newcommand{\q}[9]{#1#2#9}\q", rb"\begin{tabular}{", rb"\verb|", rb"$$", rb"\[",
    rb"\footnote{", rb"\item", rb"\\", rb"&", rb"\end{document}", rb"#", rb"^^M", rb"\begin{tikzpicture}",
    rb"\cite{", rb"\let\begin\end", rb"\input{main}", rb"\ifx", rb"\fi", rb"\csname",
    rb"\label{a}\label{a}", b"\x00", b"\xff\xfe", b"\xe2\x80\xae", rb"\multicolumn{99}{c}{x}", rb"\hline",
    rb"\caption{", rb"\section", rb"\include{main}", rb"\usepackage{main}", rb"\bibliography{main}",
    rb"\def\aa{\bb\bb}\def\bb{\cc\cc}\def\cc{\dd\dd}\def\dd{\aa\aa}\aa",
    rb"\newcommand\qa{\qb\qb\qb\qb\qb\qb\qb\qb}" + b"".join(
        rb"\newcommand\q%c{\q%c\q%c\q%c\q%c\q%c\q%c\q%c\q%c}" % tuple([n, *[n + 1] * 8]) for n in b"bcdefgh"
    ) + rb"\newcommand\qi{ha}\qa",
    b"```latex\n", b"&lt;", "“".encode(), "\u3000".encode(), "\u200b".encode(), "＼".encode(), b"\t" * 500,
    rb"\begin{document}", rb"\documentclass{beamer}", rb"\newpage\null", rb"\begingroup", rb"\bgroup",
    rb"\catcode`\$=12 ", rb"\makeatletter", rb"\everypar{x}", rb"\loop\iftrue\repeat", rb"\expandafter\x",
]  # fmt: skip


def _without(text: bytes, pattern: bytes, chance: random.Random, times: int) -> bytes:
    for _ in range(times):
        if found := list(re.finditer(pattern, text)):
            at = chance.choice(found).start()
            text = text[:at] + text[at + 1 :]
    return text


def brackets(text: bytes, chance: random.Random, times: int) -> bytes:
    return _without(text, rb"[{}\[\]]", chance, times)


def maths(text: bytes, chance: random.Random, times: int) -> bytes:
    return _without(text, rb"\$|\\[()\[\]]|\\left|\\right", chance, times)


def environments(text: bytes, chance: random.Random, times: int) -> bytes:
    names = sorted(set(re.findall(rb"\\(?:begin|end)\{([^}]*)\}", text)))
    for _ in range(times):
        if found := list(re.finditer(rb"\\(begin|end)\{([^}]*)\}", text)):
            one = chance.choice(found)
            text = text[: one.start(2)] + chance.choice(names) + text[one.end(2) :]
    return text


def odd_bytes(text: bytes, chance: random.Random, times: int) -> bytes:
    for _ in range(times * 3):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + bytes([chance.randrange(256)]) + text[at + chance.choice([0, 1]) :]
    return text


def tail_cut(text: bytes, chance: random.Random, times: int) -> bytes:
    return text[: chance.randrange(len(text) + 1)]


def head_cut(text: bytes, chance: random.Random, times: int) -> bytes:
    return text[chance.randrange(len(text) // 2 + 1) :]


def twice(text: bytes, chance: random.Random, times: int) -> bytes:
    if not text:
        return text
    start = chance.randrange(len(text))
    piece, at = text[start : start + chance.randrange(1, 2000)], chance.randrange(len(text))
    return text[:at] + piece + text[at:]


def lines(text: bytes, chance: random.Random, times: int) -> bytes:
    rows = text.split(b"\n")
    for _ in range(times):
        one, other = chance.randrange(len(rows)), chance.randrange(len(rows))
        rows[one], rows[other] = rows[other], rows[one]
    return b"\n".join(rows)


def odd_commands(text: bytes, chance: random.Random, times: int) -> bytes:
    for _ in range(times):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(ODD) + text[at:]
    return text


def gap(text: bytes, chance: random.Random, times: int) -> bytes:
    """A stretch is lost in the middle."""
    start = chance.randrange(len(text) + 1)
    return text[:start] + text[start + chance.randrange(1, 4000) :]


def conflict(text: bytes, chance: random.Random, times: int) -> bytes:
    """Both sides of a merge, with the marks between them."""
    for _ in range(times):
        rows = text.split(b"\n")
        start = chance.randrange(len(rows))
        ours = rows[start : start + chance.randrange(1, 30)]
        theirs = [row for row in ours if chance.randrange(3)]
        rows[start : start + len(ours)] = [b"<<<<<<< HEAD", *ours, b"=======", *theirs, b">>>>>>> branch"]
        text = b"\n".join(rows)
    return text


def frame(text: bytes, chance: random.Random, times: int) -> bytes:
    """Begin, end and class are lost, stand twice, or something stands before or behind them."""
    begin, end = rb"\begin{document}", rb"\end{document}"
    head, _, body = text.partition(begin)
    whole = [head, body, text + text, text + b"\n" + body, body + head, begin + text, text + head]
    changes = [(end, b""), (begin, b""), (end, end * 2), (begin, begin * 2)]
    return chance.choice([*whole, *(text.replace(old, new) for old, new in changes)])


def one_line(text: bytes, chance: random.Random, times: int) -> bytes:
    """No ends of lines, or other ones: what is a comment then reaches as far as it does."""
    return text.replace(b"\n", chance.choice([b" ", b"", b"\r", b"\r\n", b"\n\n", b"\r\r\n", b"\x0b"]))


_NESTED = [
    (b"{", b"}"), (rb"\begin{itemize}\item ", rb"\end{itemize}"), (rb"\textbf{", b"}"), (b"$x^{", b"}$"),
    (rb"\footnote{", b"}"), (rb"\left(", rb"\right)"), (b"[", b"]"), (rb"\begin{center}", rb"\end{center}"),
    (rb"\begin{tabular}{c}", rb"\end{tabular}"), (rb"\frac{", b"}{2}"), (rb"\parbox{3cm}{", b"}"),
]  # fmt: skip


def deep(text: bytes, chance: random.Random, times: int) -> bytes:
    """Groups and environments within each other, too many of them."""
    opening, closing = chance.choice(_NESTED)
    number = chance.choice((20, 70, 500, 10_000))
    start = chance.randrange(len(text) + 1)
    stop = min(len(text), start + chance.randrange(2000))
    ends = chance.choice((number, number, number - 1, 0))
    return text[:start] + opening * number + text[start:stop] + closing * ends + text[stop:]


def many(text: bytes, chance: random.Random, times: int) -> bytes:
    """One environment or one line, again and again."""
    found = re.finditer(rb"\\begin\{(?!document)(\w+\*?)\}.{0,3000}?\\end\{\1\}", text, re.S)
    pieces = [one[0] for one in found]
    piece = chance.choice(pieces or text.split(b"\n")) + b"\n"
    at = text.find(piece.rstrip(b"\n"))
    return text[:at] + piece * min(chance.choice((10, 100, 1000)), 200_000 // len(piece)) + text[at:]


_IN_ARGUMENTS = [
    b"$", b"{", b"}", b"%", b"&", b"#", b"_", b"^", b"~", b"]", rb"\\", rb"\item", b"\n\n",
    rb"\begin{itemize}",
]  # fmt: skip
_ARGUMENT = re.compile(rb"\\(?:title|author|section|caption|label|ref|cite|item|footnote)\*?[\[{]")


def arguments(text: bytes, chance: random.Random, times: int) -> bytes:
    """Something odd within titles, headings, captions, labels and cells."""
    for _ in range(times):
        if found := list(_ARGUMENT.finditer(text)):
            at = chance.choice(found).end() + chance.randrange(6)
            text = text[:at] + chance.choice(_IN_ARGUMENTS) + text[at:]
    return text


def encoded(text: bytes, chance: random.Random, times: int) -> bytes:
    """Another encoding, or UTF-8 that was encoded twice."""
    name = chance.choice(
        ["latin-1", "cp1252", "utf-16", "utf-16-be", "shift-jis", "euc-jp", "utf-8-sig", "twice"]
    )
    if name == "twice":
        return text.decode("latin-1").encode()
    return text.decode("utf-8", "replace").encode(name, "replace")


_TYPED = [
    (" ", "\u00a0"), (" ", "\u3000"), ("\\", "¥"), ("\\", "＼"), ("$", "＄"), ("{", "｛"), ("--", "–"),
    ("'", "’"), ("``", "“"), ("fi", "ﬁ"), ("-", "−"), ("&", "&amp;"), ("<", "&lt;"), (" ", "\u200b"),
]  # fmt: skip


def typed(text: bytes, chance: random.Random, times: int) -> bytes:
    """What word processors, web pages and Japanese keyboards write for a character."""
    for old, new in chance.sample(_TYPED, min(times, 3)):
        text = text.replace(old.encode(), new.encode(), chance.choice((1, 10, -1)))
    return text


DAMAGES: tuple[Damage, ...] = (
    brackets, tail_cut, environments, odd_bytes, twice, lines, odd_commands, maths, head_cut,
    gap, conflict, frame, one_line, deep, many, arguments, encoded, typed,
)  # fmt: skip


def damaged(text: bytes, chance: random.Random) -> tuple[bytes, str]:
    """The text with one kind of damage, one time in ten with three, and their names."""
    done = []
    for _ in range(3 if chance.randrange(10) == 0 else 1):
        damage = chance.choice(DAMAGES)
        text = damage(text, chance, chance.choice((1, 1, 2, 5, 20)))
        done.append(damage.__name__)
    return text, "+".join(done)
