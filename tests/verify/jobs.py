"""Functions that tests run in workers."""

import time


def slow_square(number: int) -> int:
    """The square, the later the larger the number."""
    time.sleep(number / 20)
    return number * number


def panic(_: object) -> None:
    """What a Rust panic looks like from Python: not an ``Exception``."""
    raise BaseException("boom")
