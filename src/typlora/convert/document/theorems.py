"""Theorem-like environments: amsthm's declarations, counters that are shared or within sections, proofs.

A theorem is a figure of its own kind in Typst, so that it has a number, a label and references; the
helper ``theorem`` of the preamble makes one function for each environment.
"""

import re

from typlora.convert.document.builder import Builder, environment, environment_arguments, macro
from typlora.convert.document.context import Context, Target, Theorem
from typlora.convert.document.nodes import NO_NODE, Cursor, Node, content, end, is_macro, walk
from typlora.convert.document.pieces import Code, Mark, Pieces, Shift, Text, call, is_empty, plain, strip
from typlora.convert.document.reserved import is_taken
from typlora.tex.unit import UnitKind

# Environments that classes and packages define themselves (llncs, beamer, acmart, jmlr, many house styles).
USUAL = {
    "theorem": "Theorem", "lemma": "Lemma", "proposition": "Proposition", "corollary": "Corollary",
    "definition": "Definition", "example": "Example", "remark": "Remark", "claim": "Claim",
    "conjecture": "Conjecture",
    "fact": "Fact", "note": "Note", "exercise": "Exercise", "problem": "Problem", "solution": "Solution",
    "question": "Question", "assumption": "Assumption", "property": "Property", "axiom": "Axiom",
    "case": "Case",
    "observation": "Observation", "notation": "Notation", "hypothesis": "Hypothesis", "thm": "Theorem",
    "lem": "Lemma",
    "prop": "Proposition", "cor": "Corollary", "defn": "Definition", "rem": "Remark", "conj": "Conjecture",
    "ex": "Example", "construction": "Construction", "algo": "Algorithm",
}  # fmt: skip
_DEFINITION = {
    "definition",
    "example",
    "exercise",
    "problem",
    "assumption",
    "axiom",
    "question",
    "defn",
    "construction",
}
_REMARK = {"remark", "note", "claim", "case", "notation", "rem", "solution", "observation"}


def declare(context: Context, name: str, title: str, *, counter: str, within: str, style: str) -> None:
    """Remember a theorem-like environment and its counter."""
    swapped = bool(context.options.get("swapnumbers"))
    context.theorems[name] = Theorem(title, counter, within, style, swapped)
    if within and counter == name:
        context.counters.within[counter] = within


@macro("newtheorem", "spnewtheorem", "declaretheorem", "newmdtheoremenv", "newtcbtheorem")
def newtheorem(builder: Builder, node: Node, cursor: Cursor) -> None:
    """``\\newtheorem{name}[shared]{Title}[within]`` and its relatives."""
    context = builder.context
    name_of = node.macroname
    if name_of == "declaretheorem":
        before, name, behind = cursor.arguments(node, "[{[")
        given = ",".join(filter(None, (builder.source(before), builder.source(behind))))
        for one in builder.source(name).split(","):
            declare_options(context, one.strip(), given)
        return
    if name_of == "newtcbtheorem":
        options, name, title, _, prefix = cursor.arguments(node, "[{{{{")
        found = re.search(r"(?:number within|use counter from)\s*=\s*(\w+)", builder.source(options))
        shared = "use counter from" in builder.source(options)
        key = builder.source(name)
        counter = (
            context.theorems[found[1]].counter if shared and found and found[1] in context.theorems else key
        )
        declare(context, key, _title(builder, title), counter=counter,
        within=found[1] if found and not shared else "",
                style="plain")  # fmt: skip
        context.options[f"tcbtheorem-{key}"] = "yes"
        context.options[f"tcbtheorem-prefix-{key}"] = builder.source(prefix)
        if "no counter" in builder.source(options):
            context.theorems[key].counter = ""
        if found := re.search(
            r"\\setlist\s*\[enumerate[^\]]*\]\s*\{(.*?)\n\s*\}", _setup(builder, node), re.S
        ):
            context.options[f"enum-label-{key}"] = found[1]
        return
    star, name, shared_name, title, within = cursor.arguments(node, "*{[{[")
    key = builder.source(name)
    if name_of == "spnewtheorem":
        cursor.arguments(node, "{{") if not _has_more(node) else None
    style = _look(context, context.options.get("theoremstyle", "plain"))
    shared_key = builder.source(shared_name)
    counter = ""
    if star is None:
        counter = (
            context.theorems[shared_key].counter if shared_key in context.theorems else (shared_key or key)
        )
    declare(
        context,
        key,
        _title(builder, title) or key.capitalize(),
        counter=counter,
        within=builder.source(within),
        style=style,
    )


def _setup(builder: Builder, node: Node) -> str:
    """What ``\\newtcbtheorem`` says about the box; its braces may hold whole programs."""
    return builder.context.text[node.pos : node.pos + 600].split("\\newtcbtheorem", 2)[1]


def _has_more(node: Node) -> bool:
    return False


def _title(builder: Builder, node: Node | None) -> str:
    return plain(builder.argument(node)) or builder.source(node)


def declare_options(context: Context, name: str, options: str) -> None:
    """thmtools' ``\\declaretheorem[options]{name}``."""
    settings = dict(re.findall(r"(\w[\w ]*?)\s*=\s*(\{[^{}]*\}|[^,]*)", options))
    settings = {key: value.strip("{} ") for key, value in settings.items()}
    sibling = settings.get("sibling") or settings.get("sharenumber") or settings.get("numberlike") or ""
    numbered = settings.get("numbered", "yes") != "no"
    within = settings.get("parent") or settings.get("numberwithin") or settings.get("within") or ""
    title = settings.get("name") or settings.get("title") or name.capitalize()
    counter = (
        (context.theorems[sibling].counter if sibling in context.theorems else sibling or name)
        if numbered
        else ""
    )
    style = _look(context, settings.get("style", "plain"))
    declare(context, name, title, counter=counter, within=within, style=style)


def _look(context: Context, style: str) -> str:
    """``plain``, ``definition`` or ``remark``: what a style of the document's own looks like."""
    return context.options.get(f"theoremstyle-{style}", style)


@macro("newtheoremstyle", "declaretheoremstyle")
def newtheoremstyle(builder: Builder, node: Node, cursor: Cursor) -> None:
    """A style of the document's own: which fonts it has."""
    if node.macroname == "declaretheoremstyle":
        options, name = (builder.source(a) for a in cursor.arguments(node, "[{"))
        settings = dict(re.findall(r"(\w+)\s*=\s*(\{[^{}]*\}|[^,]*)", options))
        body, head = settings.get("bodyfont", ""), settings.get("headfont", "\\bfseries")
    else:
        arguments = [builder.source(a) for a in cursor.arguments(node, "{{{{{{{{{")]
        name, body, head = arguments[0], arguments[3], arguments[5]
    italic = re.search(r"\\(?:it|itshape|em|sl|slshape)\b", body)
    slanted_head = re.search(r"\\(?:it|itshape|em|sl|slshape)\b", head) and "bf" not in head
    look = "plain" if italic else "remark" if slanted_head else "definition"
    builder.context.options[f"theoremstyle-{name}"] = look


@macro("theoremstyle")
def theoremstyle(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Looks of the environments that are declared next."""
    builder.context.options["theoremstyle"] = builder.source(cursor.arguments(node, "{")[0])


@macro("swapnumbers")
def swapnumbers(builder: Builder, node: Node, cursor: Cursor) -> None:
    """Environments that are declared next have their number before their name; said twice, no longer."""
    options = builder.context.options
    options["swapnumbers"] = "" if options.get("swapnumbers") else "yes"


def theorem(builder: Builder, node: Node) -> None:
    """An environment declared with ``\\newtheorem``."""
    context = builder.context
    name = node.environmentname
    if context.options.get(f"tcbtheorem-{name}"):
        arguments, nodes = environment_arguments(builder, node, "[{{")
        optional: Node | None = arguments[1]
        key = builder.source(arguments[2])
        prefix = context.options.get(f"tcbtheorem-prefix-{name}", "")
        key = f"{prefix}:{key}" if key and prefix and ":" not in key else key
    else:
        (optional,), nodes = environment_arguments(builder, node, "[")
        key = ""
    if optional is None and nodes and _starts_with_bracket(nodes):
        cursor = Cursor(nodes, context.text)
        optional = cursor.arguments(NO_NODE, "[")[0]
        nodes = cursor.rest()
    write_theorem(builder, node, name, optional, nodes, key)


def write_theorem(
    builder: Builder, node: Node, name: str, optional: Node | None, nodes: list[Node], key: str = ""
) -> Target:
    """The theorem called ``name`` as a block; ``key`` is its label where an argument gives one."""
    context = builder.context
    known = context.theorems[name]
    title = strip(builder.argument(optional))
    saved = context.current
    old_label = context.options.get("enum-label", "")
    context.options["enum-label"] = context.options.get(f"enum-label-{name}", old_label)
    target = Target(name if name in context.names else known.name, "", title=title)
    given = context.theorem_numbers.pop(known.counter, None) if known.counter else None
    number: Pieces = []
    if known.counter:
        context.counters.step(known.counter)
        target.number = context.counters.show(known.counter)
        target.native = True
    if given is not None:
        context.need("theorem-number", "own-numbering")
        number = strip(builder.argument(given))
        target.number = plain(number) or target.number
    context.current = target
    if key:
        context.define(key, target, node)
    body = builder.flow(nodes)
    context.current = saved
    context.options["enum-label"] = old_label
    if not known.name:
        head_words: Pieces = [*title, Mark("\n\n")] if not is_empty(title) else []
        boxed = [Mark("\n"), Shift(2), Mark("  "), *head_words, *body, Shift(-2), Mark("\n")]
        builder.block(UnitKind.THEOREM, call("block(stroke: 0.5pt, inset: 8pt, width: 100%)", boxed), node)
        return target
    function = function_name(context, name)
    context.need("theorem", f"theorem-{name}")
    head: Pieces = [Mark(f"#{function}")]
    if not is_empty(title):
        head = [Mark(f"#{function}(title: ["), *title, Mark("])")]
    if number:
        head = [*(head[:-1] if len(head) > 1 else [*head, Mark("(")]), Mark("], " if len(head) > 1 else "")]
        head += [Mark("number: ["), *number, Mark("])")]
    multi = any(isinstance(p, Mark) and "\n\n" in p.typst for p in body) or _long(body)
    inside: Pieces = [Mark("[\n"), Shift(2), Mark("  "), *body, Shift(-2), Mark("\n"),
    Code("]")] if multi else [
        Mark("["), *body, Code("]")]  # fmt: skip
    builder.block(UnitKind.THEOREM, [*head, *inside, target.anchor()], node)
    return target


def _starts_with_bracket(nodes: list[Node]) -> bool:
    first = next((n for n in nodes if getattr(n, "chars", "x").strip()), None)
    return str(getattr(first, "chars", "")).lstrip().startswith("[")


def _long(body: Pieces) -> bool:
    return sum(len(p.text) for p in body if isinstance(p, Text)) > 70 or len(body) > 6


def function_name(context: Context, name: str) -> str:
    """A Typst identifier for the environment that shadows nothing Typst has."""
    clean = re.sub(r"[^A-Za-z0-9]+", "-", name.replace("*", "-plain")).strip("-").lower() or "theorem-like"
    clean = clean if clean[0].isalpha() else f"t-{clean}"
    return f"{clean}-block" if is_taken(clean) else clean


@environment("proof", "pf", "IEEEproof", "Proof", "pf*", "demo")
def proof(builder: Builder, node: Node) -> None:
    """A proof ends with its square, unless ``\\qedhere`` has set it already."""
    context = builder.context
    (optional,), nodes = environment_arguments(builder, node, "[")
    title = strip(builder.argument(optional))
    saved = {name: context.options.get(name, "") for name in ("in-proof", "qed-placed")}
    context.options.update({"in-proof": "yes", "qed-placed": ""})
    body = builder.flow(nodes)
    placed = context.options["qed-placed"]
    context.options.update(saved)
    context.need("proof")
    head: Pieces = [Mark("#proof(qed: false)" if placed else "#proof")]
    if not is_empty(title):
        head = [Mark("#proof(title: ["), *title, Mark("], qed: false)" if placed else "])")]
    builder.block(
        UnitKind.THEOREM,
        [*head, Mark("[\n"), Shift(2), Mark("  "), *body, Shift(-2), Mark("\n"), Code("]")],
        node,
    )


def usual_theorems(context: Context, nodes: list[Node]) -> None:
    """Environments that the class defines: known by name when the document uses them undeclared."""
    used = {n.environmentname for n in walk(nodes) if type(n).__name__ == "LatexEnvironmentNode"}
    starred = {name for name in used if name.endswith("*") and name[:-1] in {**USUAL, **context.theorems}}
    for name in sorted(used & set(USUAL) - set(context.theorems)):
        style = "definition" if name in _DEFINITION else "remark" if name in _REMARK else "plain"
        counter = "" if context.document_class == "beamer" else name  # beamer does not number them
        declare(context, name, USUAL[name], counter=counter, within="", style=style)
    for name in sorted(starred - set(context.theorems)):
        base = context.theorems.get(name[:-1])
        title = base.name if base else USUAL[name[:-1]]
        declare(context, name, title, counter="", within="", style=base.style if base else "plain")


__all__ = ["content", "end", "is_macro", "proof", "theorem", "usual_theorems"]
