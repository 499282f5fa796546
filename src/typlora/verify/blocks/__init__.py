"""Compare blocks and whole documents with their LaTeX, through Typst's HTML export and pandoc's reading."""

from typlora.verify.blocks.check import verify_block, verify_blocks

__all__ = ["verify_block", "verify_blocks"]
