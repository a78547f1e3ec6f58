"""`python -m benchmarks.scaling`: the cost of a page in larger tenants and beside more tenants.

A cost is CPU of server and PostgreSQL for each request, so other programs influence it less.
"""

import asyncio
import statistics
from dataclasses import dataclass
from typing import Annotated

import typer

from benchmarks.cases import Case
from benchmarks.contenders import CONTENDERS
from benchmarks.dataset.loading import BenchDatabase, open_bench_database
from benchmarks.dataset.sizes import BASE, DATASET_PARTS, DatasetPart
from benchmarks.load import install_client, run_load
from benchmarks.personas import load_personas
from benchmarks.processes import read_cpu_seconds
from benchmarks.requests import load_requests
from benchmarks.runner import ContenderProcess, Workload, find_postmaster, start_contender


@dataclass(frozen=True)
class Comparison:
    """The allowed ratio between the costs of a page with more and with fewer rows around it."""

    title: str
    small_case: Case
    large_case: Case
    max_ratio: float


def _build_page_case(name: str, part: DatasetPart, tenants: int) -> Case:
    return Case(name, name, part=part, tenant_count=tenants, document_name="page")


COMPARISONS = (
    Comparison(
        "50 people of 50,000, to 50 of 2,000",
        _build_page_case("one tenant of 2,000", BASE, 1),
        _build_page_case("one tenant of 50,000", DATASET_PARTS["large"], 1),
        1.5,
    ),
    Comparison(
        "2,000 tenants in turn, to 20",
        _build_page_case("20 tenants", DATASET_PARTS["small"], 20),
        _build_page_case("2,000 tenants", DATASET_PARTS["small"], 2_000),
        1.2,
    ),
)


def main(
    rounds: int = 5,
    seconds: Annotated[float, typer.Option(help="For each measurement.")] = 4,
) -> None:
    """Compare the costs of pages."""
    cases = [case for each in COMPARISONS for case in (each.small_case, each.large_case)]
    with open_bench_database(dict.fromkeys([BASE, *(case.part for case in cases)])) as bench:
        personas_by_key = asyncio.run(load_personas(bench, cases))
        workload = Workload(
            personas_by_key, asyncio.run(load_requests(bench, cases, personas_by_key))
        )
        with start_contender(bench, CONTENDERS["trellis"], workload) as server:
            costs = _measure_costs(bench, server, cases, rounds, seconds)
    for each in COMPARISONS:
        less, more = (
            statistics.median(costs[case.name]) for case in (each.small_case, each.large_case)
        )
        verdict = "met" if more / less <= each.max_ratio else "missed"
        print(
            f"{each.title}: {more:.2f} to {less:.2f} ms, {more / less:.2f} times"
            f" (≤ {each.max_ratio:g}: {verdict})"
        )


def _measure_costs(
    bench: BenchDatabase, server: ContenderProcess, cases: list[Case], rounds: int, seconds: float
) -> dict[str, list[float]]:
    """Return the milliseconds of CPU for each request in each round, with warm caches."""
    postmaster = asyncio.run(find_postmaster(bench)) or 0
    costs: dict[str, list[float]] = {case.name: [] for case in cases}
    for case in cases:
        for request in server.build_requests(case):
            server.fetch_response(request)
    for _ in range(rounds):
        for case in cases:
            before = sum(read_cpu_seconds(each) or 0 for each in (server.pid, postmaster))
            load = run_load(
                server.port,
                server.build_requests(case),
                connections=8,
                seconds=seconds,
                client_name=install_client(),
            )
            after = sum(read_cpu_seconds(each) or 0 for each in (server.pid, postmaster))
            costs[case.name].append((after - before) / max(1, load.requests) * 1000)
    return costs


if __name__ == "__main__":
    typer.run(main)
