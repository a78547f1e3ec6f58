"""Runner of programs for Node, with the packages that they need."""

import shutil
import subprocess
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

SCRIPTS_DIRECTORY = Path("tests/conformance")


def require_node_packages(directory: Path = SCRIPTS_DIRECTORY) -> None:
    """Install the packages of a folder with npm, once; skip the test where that is impossible."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node is not here.")
    with (directory / "package-lock.json").open() as lock:
        flock(lock, LOCK_EX)  # Another worker may be installing them.
        if not (directory / "node_modules").is_dir() and not _install_packages(npm, directory):
            pytest.skip("npm could not install the packages.")


def _install_packages(npm: str, directory: Path) -> bool:
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=directory,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode == 0


def build_typescript(directory: Path) -> None:
    """Compile the TypeScript programs of a folder. Fails where they have wrong types."""
    require_node_packages(directory)
    with (directory / "package-lock.json").open() as lock:
        flock(lock, LOCK_EX)  # Another worker may be compiling them.
        done = subprocess.run(
            ["npm", "run", "--silent", "build"],
            cwd=directory,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr


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
