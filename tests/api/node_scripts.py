"""Runner of the Node scripts of tests/conformance."""

import subprocess
from pathlib import Path

SCRIPTS_DIRECTORY = Path("tests/conformance")


def run_node_script(script: str, *arguments: str) -> str:
    """Run a script of the folder; return its output. Fails where its exit status is not 0."""
    done = subprocess.run(
        ["node", script, *arguments],
        cwd=SCRIPTS_DIRECTORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
