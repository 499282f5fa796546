"""One rewriting function a construct: ``(rewriter, tokens, at, style) -> (tokens, where to go on)``."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from typlora.engines import environments, latex_text, lengths, rules
from typlora.engines.latex_tokens import argument, option, skip_space
from typlora.engines.rules import Style, UnreadableError
from typlora.engines.symbols import NEGATED

if TYPE_CHECKING:
    from typlora.engines.rewrite import Rewriter

Tokens = list[str]
Result = tuple[Tokens, int]
Handler = Callable[["Rewriter", Sequence[str], int, Style], Result]


def _take(tokens: Sequence[str], at: int) -> tuple[Tokens, int]:
    found = argument(tokens, at)
    if found is None:
        raise UnreadableError("an argument is missing")
    return found


def fraction(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    command, wanted = rules.FRACTIONS[tokens[at]]
    actual = wanted if wanted is not None else style
    inner: Style = "text" if actual == "display" else "script"
    above, after = rewriter.argument(tokens, at + 1, inner)
    below, after = rewriter.argument(tokens, after, inner)
    if not above or not below:
        above, below = above or rewriter.atom('""'), below or rewriter.atom('""')
    if any(token in (",", ";") for token in above + below):
        # tylax takes such a comma for the end of an argument
        call = command[1:] + "("
        before, after_mark = rewriter.marks.pair(call, ")")
        out = [before, *above, rewriter.marks.separator(", "), *below, after_mark]
    else:
        out = [command, "{", *above, "}", "{", *below, "}"]
    if actual != style:
        out = rewriter.wrap("display(" if actual == "display" else "inline(", out)
    return out, after


def genfrac(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    """``\\genfrac`` where it is one of the usual fractions or binomials."""
    parts: list[str] = []
    after = at + 1
    for _ in range(4):
        inside, after = _take(tokens, after)
        parts.append("".join(inside).strip())
    plain = {("", "", ""): "frac", ("(", ")", "0pt"): "binom"}.get((parts[0], parts[1], parts[2]))
    sizes = {"": "", "0": "d", "1": "t"}
    if plain is None or parts[3] not in sizes:
        raise UnreadableError("\\genfrac with delimiters or lines that Typst has no fraction for")
    rest = [f"\\{sizes[parts[3]]}{plain}", *tokens[after:]]
    out, used = fraction(rewriter, rest, 0, style)
    return out, after + used - 1


def text(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    inside, after = _take(tokens, at + 1)
    pieces = latex_text.read(inside, latex_text.STYLES[tokens[at]])
    if pieces is None:
        raise UnreadableError("an unknown command in text")
    out: Tokens = []
    for piece in pieces:
        if isinstance(piece, latex_text.Maths):
            out += ["{", *rewriter.group(piece.tokens, "text"), "}"]
        else:
            quoted = latex_text.quote(piece.words)
            out += rewriter.atom(f"{piece.font}({quoted})" if piece.font else quoted)
    return out if len(out) == 1 else ["{", *out, "}"], after


def font(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    inside, after = rewriter.argument(tokens, at + 1, style)
    if tokens[at] in rules.LATIN_ONLY and any(token in rules.SMALL_GREEK for token in inside):
        return _latin_only(rewriter, rules.FONTS[tokens[at]], inside), after
    opening = rules.FONTS[tokens[at]]
    word = "".join(token for token in inside if token not in ("{", "}", " "))
    if opening in rules.WORD_FONTS and len(word) > 1 and word.isascii() and word.isalnum():
        return rewriter.atom(f'{opening}"{word}"' + ")" * opening.count("(")), after
    return (rewriter.wrap(opening, inside) if inside else []), after


def _latin_only(rewriter: "Rewriter", opening: str, inside: Tokens) -> Tokens:
    """TeX's text alphabets have no small Greek letters: those keep their usual shape."""
    out: Tokens = []
    run: Tokens = []
    for token in [*inside, ""]:
        if token and token not in rules.SMALL_GREEK:
            run.append(token)
            continue
        if any(part != " " for part in run):
            out += rewriter.wrap(opening, run)
        run = []
        if token:
            out.append(token)
    return out


def wrapper(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    # A box is set in display style, whatever stands around it (amsmath).
    inside, after = rewriter.argument(tokens, at + 1, "display" if tokens[at] == "\\boxed" else style)
    return rewriter.wrap(rules.WRAPPERS[tokens[at]], inside), after


def operator(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    at += 1
    starred = skip_space(tokens, at) < len(tokens) and tokens[skip_space(tokens, at)] == "*"
    if starred:
        at = skip_space(tokens, at) + 1
    inside, after = _take(tokens, at)
    pieces = latex_text.read([token for token in inside if token not in (" ", "\\!")])
    limits = ", limits: #true" if starred else ""
    if pieces is not None and len(pieces) == 1 and isinstance(pieces[0], latex_text.Words):
        words = pieces[0].words.replace("’", "'").replace("–", "-")
        return rewriter.atom(f"op({latex_text.quote(words)}{limits})"), after
    return rewriter.wrap("op(upright(", rewriter.group(inside, style), f"){limits})"), after


def mathop(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    inside, after = rewriter.argument(tokens, at + 1, style)
    return rewriter.wrap("op(", inside, ", limits: #true)"), after


def stacked(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    script, after = rewriter.argument(tokens, at + 1, "script")
    base, after = rewriter.argument(tokens, after, style)
    sign = "_" if tokens[at] == "\\underset" else "^"
    if not script:
        return base, after
    return [*rewriter.wrap("limits(", base), sign, "{", *script, "}"], after


def brace(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    """``\\underbrace{x}_{y}``: in Typst the note is the second argument."""
    inside, after = rewriter.argument(tokens, at + 1, style)
    sign = "_" if tokens[at].startswith("\\under") else "^"
    follows = skip_space(tokens, after)
    call = rules.BRACES[tokens[at]]
    if follows < len(tokens) and tokens[follows] == sign:
        note, after = rewriter.argument(tokens, follows + 1, "script")
        before, close = rewriter.marks.pair(call, ")")
        return [before, *(inside or rewriter.atom('""')), rewriter.marks.separator(", "), *note, close], after
    return rewriter.wrap(call, inside), after


def negated(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    found = argument(tokens, at + 1)
    if found is None:
        raise UnreadableError("\\not without a symbol")
    inside = [token for token in found[0] if token != " "]
    if len(inside) == 1 and inside[0] in NEGATED:
        return rewriter.atom(NEGATED[inside[0]]), found[1]
    return ["\\not", *rewriter.argument(tokens, at + 1, style)[0]], found[1]


def arrow(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    below, after = option(tokens, at + 1)
    above, after = _take(tokens, after)
    out = rewriter.atom(f"stretch({rules.ARROWS[tokens[at]]})")
    blank = (" ", "~", "\\ ", "\\,", "\\;", "\\quad")
    if below and any(token not in blank for token in below):
        out += ["_", "{", *rewriter.group(below, "script"), "}"]
    if any(token not in blank for token in above):
        out += ["^", "{", *rewriter.group(above, "script"), "}"]
    return out, after


def root(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    index, after = option(tokens, at + 1)
    inside, after = rewriter.argument(tokens, after, style)
    if not index:
        return rewriter.wrap("sqrt(", inside), after
    before, close = rewriter.marks.pair("root(", ")")
    degree = rewriter.group(index, "script")
    return [before, *degree, rewriter.marks.separator(", "), *(inside or rewriter.atom('""')), close], after


def delimited(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    depth, stop = 0, -1
    for index in range(at, len(tokens)):
        if tokens[index] == "\\left":
            depth += 1
        elif tokens[index] == "\\right":
            depth -= 1
            if depth == 0:
                stop = index
                break
    first, last = skip_space(tokens, at + 1), skip_space(tokens, stop + 1)
    if stop < 0 or first >= len(tokens) or last >= len(tokens):
        raise UnreadableError("\\left without \\right")
    left, right = tokens[first], tokens[last]
    if left not in rules.DELIMITERS or right not in rules.DELIMITERS:
        raise UnreadableError("an unknown delimiter")
    inside = rewriter.group(tokens[first + 1 : stop], style)
    if (left, right) in rules.MATCHED:
        opening, closing = (rules.DELIMITERS[one].removeprefix("\\") for one in (left, right))
        return rewriter.wrap(opening, inside, closing), last + 1
    before, after = rules.DELIMITERS[left], rules.DELIMITERS[right]
    if not before and not after:
        return ["{", *inside, "}"], last + 1
    return rewriter.wrap(f"lr({before} ", inside, f" {after})"), last + 1


def middle(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    at = skip_space(tokens, at + 1)
    if at >= len(tokens) or tokens[at] not in rules.DELIMITERS:
        raise UnreadableError("an unknown delimiter")
    return rewriter.atom(f"mid({rules.DELIMITERS[tokens[at]]})"), at + 1


def size(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    """``\\big`` and its kind: Typst scales what is paired by itself; a lone one keeps its plain size."""
    follows = skip_space(tokens, at + 1)
    return [], follows + 1 if tokens[follows : follows + 1] == ["."] else at + 1


def space(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    if tokens[at] == "\\hspace":
        at += 1
        if at < len(tokens) and tokens[at] == "*":
            at += 1
        inside, after = _take(tokens, at)
        length = lengths.typst("".join(inside))
    else:
        length, after = lengths.read(tokens, at + 1)
    if length is None:
        raise UnreadableError("a length that Typst has no unit for")
    return (rewriter.atom(f"#h({length})") if length else []), after


def drop_argument(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    after = at + 1
    if after < len(tokens) and tokens[after] == "*":
        after += 1
    found = argument(tokens, after)
    return [], found[1] if found else after


def keep_argument(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    _, after = option(tokens, at + 1)
    inside, after = rewriter.argument(tokens, after, style)
    return ["{", *inside, "}"] if inside else [], after


def class_or_nothing(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    inside, after = rewriter.argument(tokens, at + 1, style)
    return ["{", *inside, "}"] if inside else [], after


def modulo(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    inside, after = rewriter.argument(tokens, at + 1, style)
    name = "" if tokens[at] == "\\pod" else 'op("mod") '
    gap = "quad" if style == "display" else "med"
    return [*rewriter.atom(gap), *rewriter.wrap("(" + name, inside, ")")], after


def tag(rewriter: "Rewriter", tokens: Sequence[str], at: int, style: Style) -> Result:
    return drop_argument(rewriter, tokens, at, style)


HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(rules.FRACTIONS, fraction),
    **dict.fromkeys(latex_text.STYLES, text),
    **dict.fromkeys(rules.FONTS, font),
    **dict.fromkeys(rules.WRAPPERS, wrapper),
    **dict.fromkeys(rules.ARROWS, arrow),
    **dict.fromkeys(rules.SIZES, size),
    **dict.fromkeys(rules.DROPPED_WITH_ARGUMENT, drop_argument),
    **dict.fromkeys(rules.INVISIBLE, keep_argument),
    **dict.fromkeys(("\\mathopen", "\\mathclose"), class_or_nothing),
    **dict.fromkeys(("\\overset", "\\underset", "\\stackrel"), stacked),
    **dict.fromkeys(("\\pmod", "\\pod"), modulo),
    **dict.fromkeys(("\\hspace", "\\hskip", "\\kern", "\\mkern", "\\mskip"), space),
    "\\operatorname": operator,
    "\\operatornamewithlimits": operator,
    "\\mathop": mathop,
    "\\sqrt": root,
    "\\genfrac": genfrac,
    "\\not": negated,
    **dict.fromkeys(rules.BRACES, brace),
    "\\left": delimited,
    "\\middle": middle,
    "\\begin": environments.nested,
    "\\substack": environments.substack,
}
