"""Writers of document structure, one module a family of constructs.

Importing this package registers all converters with `typlora.convert.document.builder`.
"""

from typlora.convert.document import (
    bibfile,
    bibliography,
    characters,
    colors,
    equations,
    figures,
    frontmatter,
    headings,
    inline,
    japanese,
    listings,
    lists,
    references,
    setup,
    tables,
    theorems,
)

ALL_CONVERTERS = (
    bibfile, bibliography, characters, colors, equations, figures, frontmatter, headings, inline, japanese,
    lists, listings, references, setup, tables, theorems,
)  # fmt: skip
