"""Processes of Trellis that can be killed, restarted and stopped gracefully."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from persistence.embedded import DatabaseUrls

ROOT = Path(__file__).resolve().parents[2]
CLEAN_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("TRELLIS_", "DATABASE_URL"))
}


def a_free_port() -> int:
    """Find a free port of the loopback."""
    with socket.socket() as finding:
        finding.bind(("127.0.0.1", 0))
        port: int = finding.getsockname()[1]
        return port


@dataclass
class ServerProcess:
    """A process that serves a database, always on the same port, with more variables."""

    addresses: DatabaseUrls
    directory: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=a_free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, and wait until it is ready."""
        told = {
            "PORT": str(self.port),
            "TRELLIS_DIRECTORY": str(self.directory),
            "TRELLIS_SERVING_URL": self.addresses.serving,
            "TRELLIS_CALLER_BUDGET": "0",
            "TRELLIS_TENANT_BUDGET": "0",
            "TRELLIS_LOG_LEVEL": "error",
            **self.variables,
        }
        self._process = subprocess.Popen(  # noqa: ASYNC220 - it starts at once, and runs on
            [sys.executable, "-m", "api.main"],
            cwd=ROOT,
            env=CLEAN_ENVIRONMENT | told,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        async with httpx.AsyncClient(timeout=2) as http:
            until = time.monotonic() + 60
            while not await self._is_ready(http):
                assert time.monotonic() < until, "It was never ready."
                assert self._process.poll() is None, "It has ended."
                await asyncio.sleep(0.05)

    def kill(self) -> None:
        """Kill it, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    async def stop_gracefully(self) -> float:
        """Stop it; return the seconds. Fails where its exit status is not 0."""
        assert self._process is not None
        begun = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        ended, self._process = await asyncio.to_thread(self._process.wait, 60), None
        assert ended == 0, f"It ended with {ended}."
        return time.monotonic() - begun

    async def _is_ready(self, http: httpx.AsyncClient) -> bool:
        try:
            return (await http.get(f"{self.url}/readyz")).status_code == 200
        except httpx.TransportError:
            return False
