"""`python -m benchmarks.start_time`: the seconds until `trellis serve` answers, twice.

The first start creates the database and loads the demo. The second one is what developers wait
for. It runs in a directory of its own, so data of the checkout is not touched.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import typer

ROOT = Path(__file__).resolve().parents[1]
MAX_SECOND_START = 5.0
"""Seconds on a quiet machine."""

TIMEOUT = 300.0


def main() -> None:
    """Measure two starts. The exit code is 1 if the second one takes more than five seconds."""
    with tempfile.TemporaryDirectory() as directory:
        first, second = (_measure_start(Path(directory)) for _ in range(2))
    typer.echo(f"First start {first:.1f} s, second {second:.1f} s (at most {MAX_SECOND_START:g}).")
    if second > MAX_SECOND_START:
        raise typer.Exit(1)


def _measure_start(directory: Path) -> float:
    """Start a server, wait until it is ready, and stop it; return the seconds until then."""
    port = _find_free_port()
    own = {"PORT": str(port), "TRELLIS_DIRECTORY": str(directory)}
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("TRELLIS_", "DATABASE"))}
    began = time.monotonic()
    server = subprocess.Popen(
        [sys.executable, "-m", "api.commands.cli", "serve"],
        cwd=ROOT,
        env={**inherited, **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _is_ready(port):
            if server.poll() is not None or time.monotonic() - began > TIMEOUT:
                raise SystemExit("The server did not start. Run `make serve` to see why.")
            time.sleep(0.02)
        return time.monotonic() - began
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _find_free_port() -> int:
    with socket.socket() as finding:
        finding.bind(("127.0.0.1", 0))
        port: int = finding.getsockname()[1]
        return port


if __name__ == "__main__":
    typer.run(main)
