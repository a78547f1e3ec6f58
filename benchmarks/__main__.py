"""`python -m benchmarks`: load the data set, check the contenders, measure and report."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer

from benchmarks import report
from benchmarks.cases import CASES
from benchmarks.cold_documents import ColdDocumentCost, measure_cold_documents
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.dataset.loading import BENCH_DIRECTORY, ROOT, BenchDatabase, open_bench_database
from benchmarks.dataset.sizes import BASE, DATASET_PARTS, DatasetPart
from benchmarks.fanout import FanOutResult, FanOutSettings, measure_fan_out
from benchmarks.load import install_client
from benchmarks.personas import load_personas
from benchmarks.processes import StartupFailure
from benchmarks.requests import load_requests
from benchmarks.runner import (
    BenchmarkPlan,
    ContenderProcess,
    Measurement,
    ResponseMismatch,
    Workload,
    clean_up_writes,
    compare_contenders,
    find_postmaster,
    run_measurements,
    start_contender,
)

DEFAULT_CASES = (
    "goals-page",
    "goal",
    "tree",
    "dashboard",
    "people-search",
    "check-in",
    "create",
)
NameOptions = Annotated[list[str] | None, typer.Option()]


def main(  # noqa: PLR0913 - the options of a command
    *,
    case: NameOptions = None,
    contender: NameOptions = None,
    connections: Annotated[list[int] | None, typer.Option(help="Of some cases: 8.")] = None,
    rounds: int = 3,
    seconds: float = 3,
    part: Annotated[list[str] | None, typer.Option(help="Load these parts, too.")] = None,
    fresh: Annotated[bool, typer.Option(help="Make the bench set anew.")] = False,
    check: Annotated[bool, typer.Option(help="Only compare the answers.")] = False,
    only: Annotated[str | None, typer.Option(help="cold or fan-out, and nothing else.")] = None,
    table: Annotated[bool, typer.Option(help="Print the latest table as Markdown.")] = False,
) -> None:
    """Measure the contenders against the floor."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # contexts end, and stop what runs
    if table:
        print(report.render_markdown(json.loads(report.LATEST_RESULTS.read_text())))
        return
    is_complete = not (case or contender)
    plan = BenchmarkPlan(
        cases=[CASES[name] for name in case or (DEFAULT_CASES[:1] if only else DEFAULT_CASES)],
        contenders=_select_available(contender or list(CONTENDERS)),
        connections=connections or ([1, 8, 32] if is_complete else [8]),
        rounds=rounds,
        seconds=seconds,
        client=install_client(),
    )
    parts = dict.fromkeys([BASE, *(each.part for each in plan.cases), *_select_parts(part)])
    try:
        with open_bench_database(parts, is_fresh=fresh) as bench:
            if only:
                _run_single(bench, plan, only.replace("-", "_"))
            else:
                _run_comparison(bench, plan, is_check_only=check, is_complete=is_complete)
    except (StartupFailure, ResponseMismatch) as error:
        sys.exit(str(error))


def _select_available(names: list[str]) -> list[Contender]:
    """Return the contenders that can run here, and print why others cannot."""
    present = []
    for contender in (CONTENDERS[name] for name in names):
        if reason := contender.explain_absence():
            print(f"{contender.title} is left out: {reason}", flush=True)
        else:
            present.append(contender)
    return present


def _select_parts(part: list[str] | None) -> list[DatasetPart]:
    return [DATASET_PARTS[name] for name in part or ()]


def _run_single(bench: BenchDatabase, plan: BenchmarkPlan, name: str) -> None:
    personas_by_key = asyncio.run(load_personas(bench, plan.cases))
    workload = Workload(
        personas_by_key, asyncio.run(load_requests(bench, plan.cases, personas_by_key))
    )
    print(json.dumps(_measure_other_results(bench, plan, workload, name), indent=2))


def _run_comparison(
    bench: BenchDatabase, plan: BenchmarkPlan, *, is_check_only: bool, is_complete: bool
) -> None:
    personas_by_key = asyncio.run(load_personas(bench, plan.cases))
    workload = Workload(
        personas_by_key, asyncio.run(load_requests(bench, plan.cases, personas_by_key))
    )
    sizes = compare_contenders(bench, plan, workload)
    print(f"Equal answers: {', '.join(f'{name} ({n} objects)' for name, n in sizes.items())}.")
    if is_check_only:
        return
    machine_info = report.describe_machine(asyncio.run(_read_server_version(bench)), plan.client)
    measurements: list[Measurement] = []
    for measurement in run_measurements(bench, plan, workload):
        measurements.append(measurement)
        print(
            f"round {measurement.round + 1} {measurement.case:22} {measurement.contender:12}"
            f" {measurement.connections:3} connections {measurement.rate:8,.0f}/s",
            flush=True,
        )
    others = _measure_other_results(bench, plan, workload) if is_complete else {}
    results = report.build_results(plan, measurements, machine_info, sizes, **others)
    path = report.LATEST_RESULTS if is_complete else BENCH_DIRECTORY / "partial.json"
    report.write_results(results, path)
    report.print_tables(results)
    print(f"Written to {_make_relative(path)}.")


def _measure_other_results(
    bench: BenchDatabase, plan: BenchmarkPlan, workload: Workload, *names: str
) -> dict[str, dict[str, Any] | None]:
    """Return the results of Trellis that are not rates. A failure keeps the other results."""
    results: dict[str, dict[str, Any] | None] = {}
    trellis = CONTENDERS["trellis"]
    postmaster = asyncio.run(find_postmaster(bench)) or 0
    measurements: dict[str, Callable[[ContenderProcess], ColdDocumentCost | FanOutResult]] = {
        "cold": lambda server: measure_cold_documents(server, postmaster),
        "fan_out": lambda it: measure_fan_out(bench, it, postmaster, FanOutSettings(1000, 10, 10)),
    }
    if trellis not in plan.contenders:
        return results
    for name, measure in measurements.items():
        if names and name not in names:
            continue
        print(f"{name} ...", flush=True)
        try:
            with clean_up_writes(bench), start_contender(bench, trellis, workload) as it:
                results[name] = asdict(measure(it))
        except (OSError, TimeoutError, StartupFailure, ResponseMismatch) as error:
            print(f"{name} failed: {error!r}", flush=True)
            results[name] = None
    return results


def _make_relative(path: Path) -> Path:
    return path.relative_to(ROOT)


async def _read_server_version(bench: BenchDatabase) -> str:
    connection = await asyncpg.connect(bench.superuser_url)
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
app.command()(main)
if __name__ == "__main__":
    app()
