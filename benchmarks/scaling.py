"""`python -m benchmarks.scaling`: what a page costs where the tenant is larger, or one of many.

A cost is CPU of the server and of PostgreSQL for each request, so that other work counts less.
"""

import asyncio
import statistics
from dataclasses import dataclass
from typing import Annotated

import typer

from benchmarks.cases import Case
from benchmarks.contenders import CONTENDERS
from benchmarks.dataset.loading import Bench, bench_set
from benchmarks.dataset.sizes import BASE, PARTS, Part
from benchmarks.load import client, drive
from benchmarks.personas import personas
from benchmarks.processes import cpu_seconds
from benchmarks.questions import questions
from benchmarks.runner import Asked, Running, postmaster_of, started


@dataclass(frozen=True)
class Comparison:
    """A page that has more around it may cost so many times what the same page costs with less."""

    title: str
    less: Case
    more: Case
    bar: float


def _page(name: str, part: Part, tenants: int) -> Case:
    return Case(name, name, part=part, tenants=tenants, asks="page")


COMPARISONS = (
    Comparison(
        "50 people of 50,000, to 50 of 2,000",
        _page("one tenant of 2,000", BASE, 1),
        _page("one tenant of 50,000", PARTS["large"], 1),
        1.5,
    ),
    Comparison(
        "2,000 tenants in turn, to 20",
        _page("20 tenants", PARTS["small"], 20),
        _page("2,000 tenants", PARTS["small"], 2_000),
        1.2,
    ),
)


def main(
    rounds: int = 5,
    seconds: Annotated[float, typer.Option(help="For each measurement.")] = 4,
) -> None:
    """Compare what pages cost."""
    cases = [case for each in COMPARISONS for case in (each.less, each.more)]
    with bench_set(dict.fromkeys([BASE, *(case.part for case in cases)])) as bench:
        known = asyncio.run(personas(bench, cases))
        asked = Asked(known, asyncio.run(questions(bench, cases, known)))
        with started(bench, CONTENDERS["trellis"], asked) as it:
            costs = _costs(bench, it, cases, rounds, seconds)
    for each in COMPARISONS:
        less, more = (statistics.median(costs[case.name]) for case in (each.less, each.more))
        verdict = "met" if more / less <= each.bar else "missed"
        print(
            f"{each.title}: {more:.2f} to {less:.2f} ms, {more / less:.2f} times"
            f" (≤ {each.bar:g}: {verdict})"
        )


def _costs(
    bench: Bench, it: Running, cases: list[Case], rounds: int, seconds: float
) -> dict[str, list[float]]:
    """Milliseconds of CPU for each request, in each round; every question was put before."""
    postmaster = asyncio.run(postmaster_of(bench)) or 0
    costs: dict[str, list[float]] = {case.name: [] for case in cases}
    for case in cases:
        for request in it.requests(case):
            it.answer(request)
    for _ in range(rounds):
        for case in cases:
            before = sum(cpu_seconds(each) or 0 for each in (it.process, postmaster))
            load = drive(it.port, it.requests(case), connections=8, seconds=seconds, by=client())
            after = sum(cpu_seconds(each) or 0 for each in (it.process, postmaster))
            costs[case.name].append((after - before) / max(1, load.requests) * 1000)
    return costs


if __name__ == "__main__":
    typer.run(main)
