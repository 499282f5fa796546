"""A LaTeX project as Typst blocks with holes for its formulas.

The macro-expanded source is parsed, and each construct is written by its own module in
`typlora.convert.document`. Nothing here asks an engine: structure is deterministic, prose is copied.
What has no counterpart stays visible as LaTeX and is listed in ``losses``.
"""

from collections.abc import Sequence

from typlora.convert.authored.choice import Authored
from typlora.convert.document import ALL_CONVERTERS
from typlora.convert.document.authored import definitions
from typlora.convert.document.bibfile import collect_files, insert_bbl
from typlora.convert.document.bibliography import collect_entries
from typlora.convert.document.builder import ENVIRONMENTS, IGNORED, MACROS, SWITCHES, Builder, Chunk
from typlora.convert.document.changes import chosen_version
from typlora.convert.document.context import Context
from typlora.convert.document.declared import declared_environments
from typlora.convert.document.emit import emit
from typlora.convert.document.heading_styles import read_heading_styles
from typlora.convert.document.listings import short_verbs
from typlora.convert.document.nodes import Chars, Node, children, is_macro, kind
from typlora.convert.document.nouns import Asset, Block, Draft, Loss, Slot
from typlora.convert.document.overlaid import overlaid_symbols
from typlora.convert.document.overlays import flatten_overlays
from typlora.convert.document.package_files import read_packages
from typlora.convert.document.preamble import write_preamble
from typlora.convert.document.setup import read_preamble
from typlora.convert.document.statements import keyword_commands
from typlora.convert.document.tally import tally_losses
from typlora.convert.document.theorems import usual_theorems
from typlora.convert.document.titles import write_waiting
from typlora.tex.macros import Expanded, MacroTable, collect, expand_all
from typlora.tex.packages import loaded_table
from typlora.tex.parse import parse
from typlora.tex.project import Project
from typlora.tex.unit import Unit

__all__ = ["Asset", "Block", "Draft", "Loss", "Slot", "draft", "write_formula"]


def draft(project: Project, *, draw: bool = False, keep: Sequence[Authored] = ()) -> Draft:
    """Read a project into blocks. Bad LaTeX raises nothing: it is kept and reported.

    ``draw``: a TeX installation, if there is one, draws the pictures that Typst cannot. Calls of the macros
    in ``keep`` stay calls; in formulas they stay LaTeX.
    """
    expanded = _source(project, frozenset(one.key for one in keep))
    source, overlays = flatten_overlays(expanded.source)
    context = Context(project, source)
    context.authored = {one.name: one for one in keep}
    context.keyword_commands = keyword_commands(expanded.table)
    if draw:
        context.options["draw"] = "yes"
    parsed = parse(source, expanded.table.specs(), expanded.table.environment_specs())
    for problem in (*project.problems, *expanded.problems, *overlays, *parsed.problems):
        context.losses.append(Loss(problem.span, "", problem.message))
    before, body = _document(parsed.nodes)
    read_packages(context, project)
    builder = Builder(context)
    read_preamble(builder, before, body)
    read_heading_styles(context)
    usual_theorems(context, body)
    collect_entries(context, body)
    collect_files(context, [*before, *body])
    builder.run(body)
    builder.flush()
    write_waiting(builder, body)
    if not context.options.get("title-done") and context.document_class == "letter":
        context.meta.clear()
    defined = tuple(definitions(context, expanded.table)) if keep else ()
    blocks = tuple(_block(context, chunk) for chunk in builder.chunks)
    return Draft(
        tuple(block for block in blocks if block.parts),
        tuple(context.formulas),
        _distinct([*context.losses, *tally_losses(context.tallies)]),
        write_preamble(context),
        tuple(context.assets.values()),
        source,
        defined,
        expanded.table if keep else None,
        frozenset(context.authored_used),
        tuple(context.composites),
    )


def write_formula(unit: Unit, typst: str, slot: Slot | None = None) -> str:
    """A formula's Typst with its dollar signs, label and number. Without a slot: ``$x$`` or ``$ x $``."""
    if slot is None:
        slot = Slot(0, "$ ", " $") if unit.display else Slot(0)
    inside = typst.strip() or '""'
    if inside.endswith("\\") and not slot.after.startswith(" "):
        inside += " "
    return f"{slot.before}{inside}{slot.after}"


def _source(project: Project, kept: frozenset[str]) -> Expanded:
    """The expanded source, with a formatted bibliography in its place."""
    source = overlaid_symbols(short_verbs(declared_environments(chosen_version(insert_bbl(project)))))
    table = MacroTable()
    for package in project.packages:
        table.update(collect(package))
    # A class's own \section or \author is typesetting; the converters know what they mean.
    for known in (MACROS, SWITCHES, IGNORED):
        for name in known.keys() & table.definitions.keys():
            del table.definitions[name]
    for name in ENVIRONMENTS.keys() & table.environments.keys():
        del table.environments[name]
    known_packages = loaded_table(project)
    known_packages.update(table)
    return expand_all(source, known_packages, kept)


def _document(nodes: list[Node]) -> tuple[list[Node], list[Node]]:
    """Preamble and body; a fragment without ``document`` is all body, from the last package on."""
    for index, node in enumerate(nodes):
        if kind(node) == "environment" and node.environmentname == "document":
            return nodes[:index], [*children(node), *nodes[index + 1 :]]
    heads = [n for n, node in enumerate(nodes) if is_macro(node, "documentclass", "usepackage")]
    cut = heads[-1] + 1 if heads else 0
    return nodes[:cut], nodes[cut:]


def _block(context: Context, chunk: Chunk) -> Block:
    latex = context.text[chunk.start : chunk.stop]
    unit = Unit(chunk.kind, latex, context.span(chunk.start, chunk.stop))
    return Block(unit, emit(chunk.pieces), chunk.note)


def _distinct(losses: list[Loss]) -> tuple[Loss, ...]:
    """Each loss once, in the order of the text, file by file."""
    seen: dict[tuple[object, str, str], Loss] = {}
    for loss in losses:
        seen.setdefault((loss.span, loss.reason, loss.latex), loss)
    files = list(dict.fromkeys(loss.span.file for loss in losses))
    return tuple(sorted(seen.values(), key=lambda x: (files.index(x.span.file), x.span.line, x.span.column)))


_ = (ALL_CONVERTERS, Chars)
