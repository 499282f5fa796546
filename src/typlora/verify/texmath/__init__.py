"""Read LaTeX mathematics into the canonical tree: the reference that candidates are compared with.

Written for this project because every converter is a candidate here, and a reference that shares a parser
with a candidate shares its mistakes. It follows TeX's layout rules (The TeXbook, chapters 17 and 26, and the
amsmath guide): which operators take limits, in which style a part is set, where a font switch ends.
What it does not know it refuses (``UnsupportedError``): then there is no reference, never a guess.
"""

from typlora.verify.texmath.reader import UnsupportedError, read_tex

__all__ = ["UnsupportedError", "read_tex"]
