"""``--keep-macros``: macros and environments of the author's own that stay functions in the output."""
