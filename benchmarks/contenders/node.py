"""Contenders on Node, installed by npm with a Node of their own, or left out."""

import shutil
import subprocess

from benchmarks.dataset.loading import ROOT

DIRECTORY = ROOT / "benchmarks" / "node"
NODE = DIRECTORY / "node_modules" / "node" / "bin" / "node"
INSTALL_MARKER = DIRECTORY / "node_modules" / ".package-lock.json"
LOCK_FILE = DIRECTORY / "package-lock.json"


def build_command(name: str) -> tuple[str, ...]:
    """Return the command that starts such a contender."""
    return (str(NODE), str(DIRECTORY / f"{name}.js"))


def install_or_explain() -> str | None:
    """Install Node and the packages if possible; return why that failed, or None."""
    if (
        NODE.exists()
        and INSTALL_MARKER.exists()
        and INSTALL_MARKER.stat().st_mtime >= LOCK_FILE.stat().st_mtime
    ):
        return None
    npm = shutil.which("npm")
    if npm is None:
        return "there is no npm."
    command_line = [npm, "ci", "--no-audit", "--no-fund"]
    completed = subprocess.run(
        command_line, cwd=DIRECTORY, capture_output=True, text=True, check=False
    )
    if completed.returncode or not NODE.exists():
        return f"npm ci failed: {completed.stderr.strip()[-300:]}"
    return None
