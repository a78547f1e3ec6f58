"""One lost predicate in every eighth module, as `python -m tests.mutation --few` tries it."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_loss_of_a_predicate_is_noticed() -> None:
    command = [sys.executable, "-m", "tests.mutation", "--few"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    noticed = re.search(r"^(\d+) of \1 lost predicates noticed$", done.stdout, re.MULTILINE)
    assert noticed is not None, done.stdout
    assert int(noticed[1]) >= 3
