"""A few of the mutants that `make mutants` makes, which have to be noticed on every change."""

import subprocess
import sys
from pathlib import Path

from tests.mutation.selection import TESTS_BY_MODULE

ROOT = Path(__file__).resolve().parents[2]


def test_the_loss_of_a_predicate_is_noticed_in_every_module() -> None:
    words = [sys.executable, "-m", "tests.mutation", "--few"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"100.0% of {len(TESTS_BY_MODULE)} mutants noticed" in done.stdout
