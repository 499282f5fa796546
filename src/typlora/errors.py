"""Every error a user can meet, and the exit status each one stands for.

    TyploraError            3  something went wrong inside TypLoRA
    ├── InputError          2  the input or a flag is wrong: says what, where and what to do
    │   ├── ProjectError    2  a LaTeX project cannot be read
    │   ├── DataError       2  a data file or row is wrong (file:line)
    │   ├── ModelError      2  weights, adapter or base model missing or mismatched
    │   └── ConfigError     2  a profile, file or flag combination is not valid
    ├── CheckFailed         1  a gate, a check or --strict refused the result
    └── EngineError         3  an engine could not work at all (a refused unit is not an error)

Messages are one line: what happened, where (file:line), what to do.
"""


class TyploraError(Exception):
    """Base of all errors raised on purpose."""

    exit_status = 3


class InputError(TyploraError):
    """The user's input or flags are wrong."""

    exit_status = 2


class ProjectError(InputError):
    """A LaTeX project cannot be read."""


class DataError(InputError):
    """A data file or one of its rows is wrong."""


class ModelError(InputError):
    """Base weights or an adapter are missing, broken or do not belong together."""


class ConfigError(InputError):
    """A configuration value or a combination of them is not valid."""


class CheckFailed(TyploraError):
    """Done, but a gate, a check or ``--strict`` refused the result."""

    exit_status = 1


class EngineError(TyploraError):
    """An engine cannot work at all; refusing one unit is not an error."""
