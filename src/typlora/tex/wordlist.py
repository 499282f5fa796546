"""Tables of names, written as text: a list of quoted strings reads worse."""


def words(table: str) -> frozenset[str]:
    """The words of a table, as a set."""
    return frozenset(table.split())
