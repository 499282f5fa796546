"""Who converts which macro and environment: converters register when their modules are imported."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from typlora.convert.document.nodes import Cursor, Node
from typlora.convert.document.pieces import Pieces

if TYPE_CHECKING:
    from typlora.convert.document.builder import Builder

MacroConverter = Callable[["Builder", Node, Cursor], None]
EnvironmentConverter = Callable[["Builder", Node], None]
RowConverter = Callable[["Builder", Node, Cursor], bool]
SwitchConverter = Callable[["Builder", Pieces], Pieces]

MACROS: dict[str, MacroConverter] = {}
SWITCHES: dict[str, SwitchConverter | None] = {}  # None: no effect that Typst output shows
ENVIRONMENTS: dict[str, EnvironmentConverter] = {}
ROWS: dict[str, RowConverter] = {}  # what may stand in a row with others; asked first, and may decline
IGNORED: dict[str, str] = {}  # macros about layout only, with their arguments


def macro(*names: str) -> Callable[[MacroConverter], MacroConverter]:
    """Register the converter of these macros."""

    def register(function: MacroConverter) -> MacroConverter:
        MACROS.update(dict.fromkeys(names, function))
        return function

    return register


def environment(*names: str) -> Callable[[EnvironmentConverter], EnvironmentConverter]:
    """Register the converter of these environments."""

    def register(function: EnvironmentConverter) -> EnvironmentConverter:
        ENVIRONMENTS.update(dict.fromkeys(names, function))
        return function

    return register


def row(*names: str) -> Callable[[RowConverter], RowConverter]:
    """Register who looks for a row that begins with one of these macros or environments."""

    def register(function: RowConverter) -> RowConverter:
        ROWS.update(dict.fromkeys(names, function))
        return function

    return register
