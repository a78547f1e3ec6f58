"""`python -m benchmarks.instructions REVISION`: instructions per request, against a revision.

callgrind counts those of the server's process, without PostgreSQL. Other programs of the machine
do not change them, so a few requests are enough. They leave out how fast memory answers: look at
`benchmarks.cpu`, too.
"""

import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from typing import Annotated

import typer

from benchmarks.cpu import DIRECTORY, WARM_UP_REQUESTS, Server, check_out, run_server
from benchmarks.dataset.loading import ROOT

VALGRIND = ("valgrind", "--tool=callgrind", "--instr-atstart=no")


def main(
    revision: Annotated[str, typer.Argument(help="What git knows it by.")], requests: int = 50
) -> None:
    """Compare the instructions per request with those of another revision."""
    if shutil.which("valgrind") is None:
        sys.exit("valgrind counts the instructions, and is not installed. Use `make bench-cpu`.")
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                run_server(name, directory, (*VALGRIND, f"--callgrind-out-file={DIRECTORY}/%p"))
            )
            for name, directory in (("old", check_out(revision)), ("new", ROOT))
        ]
        print(f"| request | {revision} | this checkout | ratio |")
        print("| --- | ---: | ---: | ---: |")
        for case in servers[1].requests:
            old, new = (_count_instructions(each, case, requests) for each in servers)
            print(f"| {case} | {old:,.0f} | {new:,.0f} | {new / old:.2f} |", flush=True)


def _count_instructions(server: Server, case: str, count: int) -> float:
    """Return the instructions of a request, on average."""
    server.send_repeatedly(case, WARM_UP_REQUESTS)
    for old in DIRECTORY.glob(f"{server.pid}.*"):
        old.unlink()
    _control(server, "--instr=on")
    server.send_repeatedly(case, 5)
    _control(server, "--zero")
    server.send_repeatedly(case, count)
    _control(server, "--dump")
    _control(server, "--instr=off")
    text = "".join(each.read_text() for each in DIRECTORY.glob(f"{server.pid}.*"))
    return sum(map(int, re.findall(r"^totals: (\d+)", text, re.MULTILINE))) / count


def _control(server: Server, option: str) -> None:
    subprocess.run(("callgrind_control", option, str(server.pid)), check=True, capture_output=True)


if __name__ == "__main__":
    typer.run(main)
