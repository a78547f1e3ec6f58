"""`python -m benchmarks.soak`: whether memory stays flat under an hour of mixed load."""

import asyncio
import time
from typing import Annotated

import typer

from benchmarks.cases import CASES, Case
from benchmarks.contenders import CONTENDERS
from benchmarks.dataset.loading import bench_set
from benchmarks.dataset.sizes import BASE
from benchmarks.load import client, drive
from benchmarks.personas import personas
from benchmarks.processes import resident_megabytes
from benchmarks.questions import questions
from benchmarks.runner import Asked, Running, started, tidied

MIXED = ("goals-page", "goals-page-employee", "goal", "tree", "dashboard", "check-in", "create")
SECONDS_EACH = 5
WARM = 0.2
"""The share of the time in which caches and pools fill; what is held then is compared."""
MOST_GROWTH = 1.1


def main(minutes: Annotated[float, typer.Option(help="How long.")] = 60) -> None:
    """Put one case after the other, over and over, and look at the memory of the process."""
    cases = [CASES[name] for name in MIXED]
    with bench_set(dict.fromkeys([BASE])) as bench:
        known = asyncio.run(personas(bench, cases))
        asked = Asked(known, asyncio.run(questions(bench, cases, known)))
        with tidied(bench), started(bench, CONTENDERS["trellis"], asked) as it:
            looks = _looks(it, cases, minutes * 60)
    warm, last = looks[int(len(looks) * WARM)], max(looks[-3:])
    verdict = "flat" if last <= warm * MOST_GROWTH else "it grows"
    print(f"{warm:.0f} MB once warm, {last:.0f} MB at the end: {verdict}.")


def _looks(it: Running, cases: list[Case], seconds: float) -> list[float]:
    """The megabytes of the process after each round of all cases."""
    looks, until, answered = [], time.monotonic() + seconds, 0
    while time.monotonic() < until:
        for case in cases:
            load = drive(
                it.port, it.requests(case), connections=8, seconds=SECONDS_EACH, by=client()
            )
            answered += load.requests
            assert not load.errors, f"{load.errors} errors in {case.name}."
        looks.append(resident_megabytes(it.process) or 0.0)
        print(f"{answered:>10,} requests, {looks[-1]:.0f} MB", flush=True)
    return looks


if __name__ == "__main__":
    typer.run(main)
