"""Processes: start and stop a contender, and measure its CPU time and memory."""

import os
import re
import signal
import socket
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.dataset.loading import BENCH_DIRECTORY, ROOT

STARTUP_TIMEOUT = 60.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class StartupFailure(Exception):
    """A contender did not start; the message contains its last output."""


@contextmanager
def run_process(
    name: str,
    command: tuple[str, ...],
    environment: Mapping[str, str],
    *,
    directory: Path = ROOT,
    timeout: float = STARTUP_TIMEOUT,
) -> Iterator[tuple[int, int]]:
    """Run a contender until the context ends; yield its process id and port once it listens."""
    port, log = _find_free_port(), BENCH_DIRECTORY / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env={**os.environ, **environment, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until_listening(process, port, log, timeout)
        yield process.pid, port
    finally:
        _stop_process(process)


def _find_free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_until_listening(
    process: "subprocess.Popen[bytes]", port: int, log: Path, timeout: float
) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise StartupFailure(f"{' '.join(process.args)} did not start:\n{log.read_text()[-3000:]}")  # type: ignore[arg-type]


def _stop_process(process: "subprocess.Popen[bytes]") -> None:
    for kind in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, kind)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                continue


def read_cpu_seconds(root_pid: int) -> float | None:
    """Return the CPU time of a process and its descendants so far, or None without /proc."""
    if not Path("/proc/self/stat").exists():
        return None
    times: dict[int, int] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _read_stat(entry)):
            parent, ticks = stat
            times[int(entry.name)] = ticks
            children[parent].append(int(entry.name))
    return (
        sum(times.get(each, 0) for each in _iterate_descendants(root_pid, children))
        / TICKS_PER_SECOND
    )


def read_cpu_nanoseconds(pid: int) -> int:
    """Return the CPU time of the threads of a process so far, on Linux; 0 after its end."""
    try:
        threads = list(Path("/proc", str(pid), "task").glob("*/schedstat"))
        return sum(int(each.read_text().split()[0]) for each in threads)
    except (FileNotFoundError, ProcessLookupError):
        return 0


def measure_busy_share(seconds: float = 3.0) -> float | None:
    """Return the share of CPU that other programs use, from 0 to 1, or None without /proc."""
    if not Path("/proc/stat").exists():
        return None
    before = _read_machine_ticks()
    time.sleep(seconds)
    idle, total = (now - then for now, then in zip(_read_machine_ticks(), before, strict=True))
    return round(1 - idle / total, 2)


def _read_machine_ticks() -> tuple[int, int]:
    with Path("/proc/stat").open() as stat:
        ticks = [int(each) for each in stat.readline().split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def read_parent_pid(pid: int) -> int | None:
    """Return the id of the parent process."""
    stat = _read_stat(Path("/proc", str(pid)))
    return stat[0] if stat else None


def read_resident_megabytes(pid: int) -> float | None:
    """Return the resident memory of the process."""
    try:
        pages = int(Path("/proc", str(pid), "statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def read_private_megabytes(root_pid: int) -> float | None:
    """Return the memory of a process and its descendants that they do not share.

    Returns None without /proc.
    """
    if not Path("/proc/self/stat").exists():
        return None
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _read_stat(entry)):
            children[stat[0]].append(int(entry.name))
    return (
        sum(_read_anonymous_kilobytes(each) for each in _iterate_descendants(root_pid, children))
        / 1000
    )


def _read_anonymous_kilobytes(pid: int) -> int:
    try:
        status = Path("/proc", str(pid), "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) if found else 0


def _iterate_descendants(root_pid: int, children: Mapping[int, list[int]]) -> Iterator[int]:
    yield root_pid
    for child in children.get(root_pid, ()):
        yield from _iterate_descendants(child, children)


def _read_stat(entry: Path) -> tuple[int, int] | None:
    """Return the parent, and the ticks of the process and of its ended children."""
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(fields[1]), sum(int(each) for each in fields[11:15])
