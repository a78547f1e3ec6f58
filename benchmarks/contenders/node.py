"""Contenders on Node: installed by npm, with a Node of their own, or left out."""

import shutil
import subprocess

from benchmarks.dataset.loading import ROOT

FOLDER = ROOT / "benchmarks" / "node"
NODE = FOLDER / "node_modules" / "node" / "bin" / "node"
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
LOCK = FOLDER / "package-lock.json"


def command(name: str) -> tuple[str, ...]:
    """What starts such a contender."""
    return (str(NODE), str(FOLDER / f"{name}.js"))


def missing() -> str | None:
    """Why there is none on this machine; installs them first where that can be done."""
    if NODE.exists() and INSTALLED.exists() and INSTALLED.stat().st_mtime >= LOCK.stat().st_mtime:
        return None
    npm = shutil.which("npm")
    if npm is None:
        return "there is no npm."
    asked = [npm, "ci", "--no-audit", "--no-fund"]
    done = subprocess.run(asked, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode or not NODE.exists():
        return f"npm ci failed: {done.stderr.strip()[-300:]}"
    return None
