"""Create `.venv` with the locked dependencies. Standard library only; `make` calls it.

    environment.py REQUIREMENTS

pip checks every file against the hash in the lock.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
import venv
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
PIP_LOG = VENV / "pip.log"
DEFAULT_INDEX_URL = "https://pypi.org/simple"
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"

LAUNCHER = """\
#!/bin/sh
# Written by make: runs the command line from the checkout, without building or installing it.
top=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
PYTHONPATH="$top${PYTHONPATH:+:$PYTHONPATH}" exec "$top/.venv/bin/python" -m api.commands.cli "$@"
"""


def main(requirements: str) -> int:
    """Create the environment if needed, and install the requirements; return the exit code."""
    if not _can_run(PYTHON):
        print(f"Creating .venv with Python {sys.version.split()[0]} ...", flush=True)
        # Debian packages ensurepip separately; without it pip is downloaded from the index.
        venv.create(VENV, clear=True, symlinks=True, with_pip=find_spec("ensurepip") is not None)
    with tempfile.TemporaryDirectory() as directory:
        pip = [str(PYTHON), "-m", "pip"]
        if not _can_run(PYTHON, "-m", "pip"):
            pip = [str(PYTHON), str(_download_pip(Path(directory)) / "pip")]
        print(f"Installing {requirements} (the first time takes a minute) ...", flush=True)
        options = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"]
        with PIP_LOG.open("w") as log:
            process = subprocess.run(
                [*pip, "install", *options, "-r", requirements],
                check=False,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
    if process.returncode:
        last = "\n".join(PIP_LOG.read_text().strip().splitlines()[-10:])
        print(f"{last}\nThe dependencies could not be installed. See {PIP_LOG}.", file=sys.stderr)
        return process.returncode
    command = PYTHON.with_name("trellis")
    command.write_text(LAUNCHER)
    command.chmod(0o755)
    return 0


def _can_run(python: Path, *arguments: str) -> bool:
    command = [python, *(arguments or ("-c", "")), *(("--version",) if arguments else ())]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _download_pip(directory: Path) -> Path:
    """Download the pinned pip from the index that pip would use; return the wheel's path."""
    index = os.environ.get("PIP_INDEX_URL", DEFAULT_INDEX_URL).rstrip("/")
    request = urllib.request.Request(
        f"{index}/pip/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        files = json.load(response)["files"]
    url = next(each["url"] for each in files if each["filename"] == PIP_WHEEL)
    with urllib.request.urlopen(urljoin(request.full_url, url), timeout=60) as response:
        content = response.read()
    if hashlib.sha256(content).hexdigest() != PIP_SHA256:
        raise SystemExit(f"{PIP_WHEEL} does not have the expected hash. Nothing was installed.")
    wheel = directory / PIP_WHEEL
    wheel.write_bytes(content)
    return wheel


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
