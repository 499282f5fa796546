"""Compare blocks and whole documents with their LaTeX, through Typst's HTML export and pandoc's reading."""

from typlora.verify.blocks.aspects import Aspect
from typlora.verify.blocks.check import verify_block, verify_blocks
from typlora.verify.blocks.document_reference import document_reference
from typlora.verify.blocks.documents import DocumentVerdict, compare_documents

__all__ = [
    "Aspect",
    "DocumentVerdict",
    "compare_documents",
    "document_reference",
    "verify_block",
    "verify_blocks",
]
