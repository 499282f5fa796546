"""Bring references of both sides to one form before their texts are compared.

LaTeX writes ``Fig.~\\ref{a}``, Typst ``@a`` prints the name itself; both are ``⟨reference auto⟩`` here. A
candidate that writes ``Fig. @a`` prints the name twice and stays different.
"""

import re
from dataclasses import replace

from typlora.verify.blocks.model import REF_MARK, Ref, Text, Word

_NAMES = re.compile(
    r"(\(?)(?:Figs?|Figures?|Tables?|Tabs?|Sects?|Sections?|Secs?|Chapters?|Chaps?|Eqs?|Eqns?|Equations?|Appendix|Theorems?|Thms?"
    r"|Lemmas?|Props?|Propositions?|Corollary|Definitions?|Defs?|Remarks?|Examples?|Algorithms?|Listings?|Parts?|§)\.?",
    re.I,
)
_ALONE = re.compile(rf"\(({REF_MARK}+)\)|\[({REF_MARK}+)\]")


def label_name(key: str) -> str:
    """A label as Typst can have it: every run of other characters is one hyphen, none at the ends."""
    return re.sub(r"[^\w.:]+", "-", key).strip("-.:") or key


def write_dangling(text: Text, targets: set[str]) -> Text:
    """The text with ``??`` for references to these (normalised) targets, which is what LaTeX prints."""
    if not any(isinstance(atom, Ref) and label_name(atom.target) in targets for atom in text.atoms):
        return text
    refs = iter([atom for atom in text.atoms if isinstance(atom, Ref)])
    words = [
        Word(
            "".join(
                "??" if char == REF_MARK and label_name(next(refs).target) in targets else char
                for char in word.text
            ),
            word.style,
        )
        for word in text.words
    ]
    atoms = tuple(
        atom for atom in text.atoms if not (isinstance(atom, Ref) and label_name(atom.target) in targets)
    )
    return Text(tuple(words), atoms, text.links)


def align_refs(left: Text, right: Text) -> tuple[Text, Text]:
    """Both texts, ready to be compared word by word and atom by atom."""
    right = open_links(right, set(left.links))
    mine = [atom for atom in left.atoms if isinstance(atom, Ref)]
    yours = [atom for atom in right.atoms if isinstance(atom, Ref)]
    if not mine and not yours:
        return left, right
    if len(mine) == len(yours):
        # Typst's @key does not say whether it is a citation: the LaTeX does.
        known = [_like(theirs, ours) for ours, theirs in zip(mine, yours, strict=True)]
        right = _with_refs(right, known)
    return _normal(left), _normal(right)


def absorb_names(text: Text) -> Text:
    """``Fig.~\\ref{a}`` without ``Fig.``, which is part of the reference then."""
    return _normal(text) if any(isinstance(atom, Ref) for atom in text.atoms) else text


def open_links(text: Text, links: set[str]) -> Text:
    """Turn a link to a label back into its words where the LaTeX has such a link, not a reference."""
    if not any(isinstance(atom, Ref) and atom.shown and f"#{atom.target}" in links for atom in text.atoms):
        return text
    refs = iter([atom for atom in text.atoms if isinstance(atom, Ref)])
    opened: list[str] = []
    words: list[Word] = []
    for word in text.words:
        pieces = ""
        for char in word.text:
            ref = next(refs) if char == REF_MARK else None
            if ref is not None and ref.shown and f"#{ref.target}" in links:
                pieces += ref.shown
                opened.append(f"#{ref.target}")
            else:
                pieces += char
        words += [Word(word.text, word.style)] if pieces == word.text else map(Word, pieces.split())
    kept = tuple(
        atom
        for atom in text.atoms
        if not (isinstance(atom, Ref) and atom.shown and f"#{atom.target}" in links)
    )
    return Text(tuple(words), kept, text.links + tuple(opened))


def _like(candidate: Ref, reference: Ref) -> Ref:
    """What is known of the reference, put on the candidate's: it cannot tell a citation from a reference."""
    if not reference.cite:
        return replace(candidate, shown="")
    supplement = "" if candidate.supplement == "auto" else candidate.supplement
    # A citation written out by hand (``[12]``) says what `form` would say.
    prose = reference.prose if candidate.shown else candidate.prose
    return Ref(candidate.target, supplement, True, prose)


def _with_refs(text: Text, refs: list[Ref]) -> Text:
    queue = iter(refs)
    atoms = tuple(next(queue) if isinstance(atom, Ref) else atom for atom in text.atoms)
    return Text(text.words, atoms, text.links)


def _normal(text: Text) -> Text:
    refs = [atom for atom in text.atoms if isinstance(atom, Ref)]
    position = 0
    words: list[Word] = []
    for word in text.words:
        count = word.text.count(REF_MARK)
        if count:
            first = refs[position]
            if not first.cite:
                refs[position] = _absorb_name(first, words, word)
            for index in range(position, position + count):
                supplement = refs[index].supplement
                if not refs[index].cite and supplement not in ("", "auto") and _NAMES.fullmatch(supplement):
                    refs[index] = replace(refs[index], supplement="auto")
            position += count
            word = Word(_ALONE.sub(lambda match: match[1] or match[2], word.text), word.style)
        words.append(word)
    return _with_refs(Text(tuple(words), text.atoms, text.links), refs)


def _absorb_name(ref: Ref, before: list[Word], word: Word) -> Ref:
    """Take ``Fig.`` before a bare number into the reference."""
    if ref.supplement or not before or not word.text.lstrip("(").startswith(REF_MARK):
        return ref
    match = _NAMES.fullmatch(before[-1].text)
    if match is None:
        return ref
    before.pop()
    if match[1]:
        before.append(Word(match[1]))
    return replace(ref, supplement="auto")
