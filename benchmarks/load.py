"""Load: many requests over a few connections, by wrk if there is one, else by our own client."""

import asyncio
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.dataset.loading import BENCH_DIRECTORY

SCRIPT_FILE = BENCH_DIRECTORY / "wrk.lua"


@dataclass(frozen=True)
class HttpRequest:
    """One POST request, to be sent repeatedly."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class LoadResult:
    """The result of a load; times are in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    errors: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def install_client() -> str:
    """Return the load client. On Debian, root installs wrk first."""
    if shutil.which("wrk") is None and shutil.which("apt-get") and _is_root():
        for words in (["update"], ["install", "-y", "wrk"]):
            subprocess.run(["apt-get", *words], check=False, capture_output=True)
    return "wrk" if shutil.which("wrk") else "asyncio"


def run_load(
    port: int,
    requests: Sequence[HttpRequest],
    *,
    connections: int,
    seconds: float,
    client_name: str,
) -> LoadResult:
    """Send the requests in turn, repeatedly, on that many connections for that many seconds."""
    if client_name == "wrk":
        return _run_wrk(port, requests, connections, seconds)
    return asyncio.run(_run_asyncio_client(port, requests, connections, seconds))


def _is_root() -> bool:
    return sys.platform == "linux" and Path("/proc/self").stat().st_uid == 0


# -- wrk ------------------------------------------------------------------------------------


def _run_wrk(
    port: int, requests: Sequence[HttpRequest], connections: int, seconds: float
) -> LoadResult:
    SCRIPT_FILE.write_text(_build_lua_script(requests))
    completed = subprocess.run(
        [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds:.0f}s",
            "--timeout=30s",
            f"-s{SCRIPT_FILE}",
            f"http://127.0.0.1:{port}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    match = re.search(r"^JSON (.*)$", completed.stdout, re.MULTILINE)
    assert match, completed.stdout + completed.stderr
    return LoadResult(**json.loads(match[1]))


def _build_lua_script(requests: Sequence[HttpRequest]) -> str:
    lua_requests = ",\n".join(
        f'wrk.format("POST", {_quote_lua(each.path)}, {{{_format_lua_headers(each)}}},'
        f" {_quote_lua(each.body.decode())})"
        for each in requests
    )
    return LUA_TEMPLATE.replace("REQUESTS", lua_requests)


def _format_lua_headers(request: HttpRequest) -> str:
    headers = {**request.headers, "Content-Type": "application/json"}
    return ", ".join(
        f"[ {_quote_lua(name)} ] = {_quote_lua(value)}" for name, value in headers.items()
    )


def _quote_lua(text: str) -> str:
    return f"[==[{text}]==]"


LUA_TEMPLATE = """
local made, n
function init(args) made = {REQUESTS}; n = 0 end
function request() n = n % #made + 1; return made[n] end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'JSON {"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "errors": %d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


# -- our own --------------------------------------------------------------------------------


async def _run_asyncio_client(
    port: int, requests: Sequence[HttpRequest], connections: int, seconds: float
) -> LoadResult:
    began = time.perf_counter()
    times: list[float] = []
    errors = await asyncio.gather(
        *(_repeat_requests(port, [*requests[n:], *requests[:n]], began + seconds, times)
          for n in range(connections))
    )  # fmt: skip
    elapsed = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
    return LoadResult(len(times), elapsed, cuts[49] * 1000, cuts[98] * 1000, sum(errors))


async def _repeat_requests(
    port: int, requests: Sequence[HttpRequest], deadline: float, times: list[float]
) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    turn = errors = 0
    while time.perf_counter() < deadline:
        began = time.perf_counter()
        writer.write(encode_request(requests[turn % len(requests)]))
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        assert length, head
        await reader.readexactly(int(length[1]))
        errors += not head.startswith(b"HTTP/1.1 200")
        times.append(time.perf_counter() - began)
        turn += 1
    writer.close()
    return errors


def encode_request(request: HttpRequest) -> bytes:
    """Return a request as bytes of HTTP/1.1."""
    headers = {
        **request.headers,
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        "Content-Length": str(len(request.body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {request.path} HTTP/1.1\r\n{lines}\r\n".encode() + request.body
