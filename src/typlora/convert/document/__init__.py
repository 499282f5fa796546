"""Writers of document structure, one module a family of constructs.

Importing this package registers all converters with `typlora.convert.document.builder`.
"""

from typlora.convert.document import (
    algorithms,
    beamer,
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
    linguistics,
    listings,
    lists,
    pictures,
    references,
    setup,
    tables,
    theorems,
    units,
)

ALL_CONVERTERS = (
    algorithms,
    beamer,
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
    linguistics,
    listings,
    lists,
    pictures,
    references,
    setup,
    tables,
    theorems,
    units,
)
