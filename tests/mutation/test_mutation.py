"""One lost predicate in every other module, as `python -m tests.mutation --few` tries it."""

import subprocess
import sys
from pathlib import Path

from tests.mutation.selection import TESTS_BY_MODULE

ROOT = Path(__file__).resolve().parents[2]


def test_the_loss_of_a_predicate_is_noticed() -> None:
    command = [sys.executable, "-m", "tests.mutation", "--few"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    half = len(TESTS_BY_MODULE) // 2
    # A module whose mutants all change nothing is left out.
    expected = [f"100.0% of {count} mutants noticed" for count in (half - 1, half, half + 1)]
    assert any(each in done.stdout for each in expected)
