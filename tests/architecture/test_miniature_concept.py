"""A concept in at most 100 lines over the three layers gets everything else by itself."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("note_model.py", "note_table.py", "note_graph.py")
MAX_LINES = 100


def test_a_miniature_concept_needs_few_lines() -> None:
    texts = [(ROOT / "tests" / "miniature" / each).read_text() for each in LAYERS]
    assert sum(1 for text in texts for line in text.splitlines() if line.strip()) <= MAX_LINES


def test_a_miniature_concept_gets_everything_else() -> None:
    # A run of its own, because a concept that is registered once stays in the graph.
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.miniature.note_graph"]
    found = subprocess.run(
        [sys.executable, *command, "tests/miniature/checks.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout
