"""The scale of the resilience tests: small in the suite, large with a command of its own."""

import os
import sys

IS_LONG_RUN = os.environ.get("TRELLIS_LONG") == "1"


def select_scale(short: int, long: int) -> int:
    """Return the small number for the suite, the large one where TRELLIS_LONG is 1."""
    return long if IS_LONG_RUN else short


def assert_quick(seconds: float, limit: float) -> None:
    """Assert a time in the long run only: other work on a machine must not fail the suite."""
    assert seconds < limit or not IS_LONG_RUN


def print_result(sentence: str) -> None:
    """Print a result; pytest shows it with `-s`, as the commands do."""
    sys.stdout.write(f"\n{sentence}\n")
