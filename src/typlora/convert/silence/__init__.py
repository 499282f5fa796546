"""The check that nothing was lost silently: words of the LaTeX that neither the output nor the report has.

It reads the LaTeX by itself, flat and without the parse tree that the writers walk, so it does not share
their mistakes. Formulas are left out; they are verified one by one.
"""

from typlora.convert.silence.check import Checked, Finding, check_words

__all__ = ["Checked", "Finding", "check_words"]
