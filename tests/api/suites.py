"""Running the Node scripts of tests/conformance."""

import subprocess
from pathlib import Path

FOLDER = Path("tests/conformance")


def run(script: str, *arguments: str) -> str:
    """What a script of the folder prints; it must end well."""
    done = subprocess.run(
        ["node", script, *arguments],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
