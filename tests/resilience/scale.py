"""The scale of the resilience tests: small in the suite, large with a command of its own."""

import os
import sys

IS_LONG_RUN = os.environ.get("TRELLIS_LONG") == "1"


def select_scale(short: int, long: int) -> int:
    """The short figure for every change, the long one where TRELLIS_LONG is 1."""
    return long if IS_LONG_RUN else short


def print_result(sentence: str) -> None:
    """Say what was reached; pytest shows it with `-s`, as the commands do."""
    sys.stdout.write(f"\n{sentence}\n")
