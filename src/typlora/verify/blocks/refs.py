"""Bring references of both sides to one form before their texts are compared.

LaTeX writes ``Fig.~\\ref{a}``, Typst ``@a`` prints the name itself; both are ``⟨reference auto⟩`` here. A
candidate that writes ``Fig. @a`` prints the name twice and stays different.
"""

import re

from typlora.verify.blocks.model import REF_MARK, Ref, Text, Word

_NAMES = re.compile(
    r"(\(?)(?:Figs?|Figures?|Tables?|Tabs?|Sects?|Sections?|Secs?|Chapters?|Chaps?|Eqs?|Eqns?|Equations?|Appendix|Theorems?|Thms?"
    r"|Lemmas?|Props?|Propositions?|Corollary|Definitions?|Defs?|Remarks?|Examples?|Algorithms?|Listings?|Parts?|§)\.?",
    re.I,
)
_ALONE = re.compile(rf"\({REF_MARK}\)")


def align_refs(left: Text, right: Text) -> tuple[Text, Text]:
    """Both texts, ready to be compared word by word and atom by atom."""
    mine = [atom for atom in left.atoms if isinstance(atom, Ref)]
    yours = [atom for atom in right.atoms if isinstance(atom, Ref)]
    if not mine and not yours:
        return left, right
    if len(mine) == len(yours):
        # Typst's @key does not say whether it is a citation: the LaTeX does.
        known = [_like(theirs, ours) for ours, theirs in zip(mine, yours, strict=True)]
        right = _with_refs(right, known)
    return _normal(left), _normal(right)


def _like(candidate: Ref, reference: Ref) -> Ref:
    if not reference.cite:
        return candidate
    supplement = "" if candidate.supplement == "auto" else candidate.supplement
    return Ref(candidate.target, supplement, True, candidate.prose)


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
                    refs[index] = Ref(refs[index].target, "auto", False, refs[index].prose)
            position += count
            word = Word(_ALONE.sub(REF_MARK, word.text), word.style)
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
    return Ref(ref.target, "auto", False, ref.prose)
