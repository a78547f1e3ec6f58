"""Helpers to inspect an embedded server, its processes and the machine."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

requires_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may do this")
requires_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def fetch_value(url: str, *statements: str) -> Any:
    """Return the value of the last of these statements."""

    async def asking(connection: "asyncpg.Connection[Any]") -> Any:
        return [await connection.fetchval(each) for each in statements][-1]

    return run_with_connection(url, asking)


def run_with_connection(
    url: str, act: Callable[["asyncpg.Connection[Any]"], Awaitable[Any]]
) -> Any:
    async def connected() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await act(connection)
        finally:
            connection.terminate()

    return asyncio.run(connected())


def list_server_processes(home: Path) -> list[int]:
    """List the processes of the server in a directory: watchdog, postmaster and backends."""
    listed = subprocess.run(
        ["ps", "-wweo", "pid,ppid,command"], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()[1:]]
    roots = {int(row[0]) for row in rows if f"{home}/" in row[2] and "-c import" not in row[2]}
    return [int(row[0]) for row in rows if {int(row[0]), int(row[1])} & roots]


def wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.02)


def read_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def read_postmaster_pid(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().splitlines()[0])
