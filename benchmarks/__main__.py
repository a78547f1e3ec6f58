"""`python -m benchmarks`: prepares the bench set, checks the contenders, measures, and reports."""

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
from benchmarks.cold import Cold, cold
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.dataset.loading import HOME, ROOT, Bench, bench_set
from benchmarks.dataset.sizes import BASE, PARTS, Part
from benchmarks.fanout import FanOut, Size, fan_out
from benchmarks.load import client
from benchmarks.personas import personas
from benchmarks.processes import NotStarted
from benchmarks.questions import questions
from benchmarks.runner import (
    Asked,
    Figure,
    Plan,
    Running,
    Unequal,
    compare,
    measure,
    postmaster_of,
    started,
    tidied,
)

DEFAULT = (
    "goals-page",
    "goal",
    "tree",
    "dashboard",
    "people-search",
    "check-in",
    "create",
)
Names = Annotated[list[str] | None, typer.Option()]


def main(  # noqa: PLR0913 - the options of a command
    *,
    case: Names = None,
    contender: Names = None,
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
        print(report.markdown(json.loads(report.LATEST.read_text())))
        return
    whole = not (case or contender)
    plan = Plan(
        cases=[CASES[name] for name in case or (DEFAULT[:1] if only else DEFAULT)],
        contenders=_present(contender or list(CONTENDERS)),
        connections=connections or ([1, 8, 32] if whole else [8]),
        rounds=rounds,
        seconds=seconds,
        client=client(),
    )
    parts = dict.fromkeys([BASE, *(each.part for each in plan.cases), *_named(part)])
    try:
        with bench_set(parts, fresh=fresh) as bench:
            if only:
                _only(bench, plan, only.replace("-", "_"))
            else:
                _run(bench, plan, check=check, whole=whole)
    except (NotStarted, Unequal) as error:
        sys.exit(str(error))


def _present(names: list[str]) -> list[Contender]:
    """Those that can take part; of the others it is said why they cannot."""
    present = []
    for it in (CONTENDERS[name] for name in names):
        if why := it.missing():
            print(f"{it.title} is left out: {why}", flush=True)
        else:
            present.append(it)
    return present


def _named(part: list[str] | None) -> list[Part]:
    return [PARTS[name] for name in part or ()]


def _only(bench: Bench, plan: Plan, name: str) -> None:
    known = asyncio.run(personas(bench, plan.cases))
    asked = Asked(known, asyncio.run(questions(bench, plan.cases, known)))
    print(json.dumps(_others(bench, plan, asked, name), indent=2))


def _run(bench: Bench, plan: Plan, *, check: bool, whole: bool) -> None:
    known = asyncio.run(personas(bench, plan.cases))
    asked = Asked(known, asyncio.run(questions(bench, plan.cases, known)))
    sizes = compare(bench, plan, asked)
    print(f"Equal answers: {', '.join(f'{name} ({n} objects)' for name, n in sizes.items())}.")
    if check:
        return
    where = report.machine(asyncio.run(_server(bench)), plan.client)
    figures: list[Figure] = []
    for figure in measure(bench, plan, asked):
        figures.append(figure)
        print(
            f"round {figure.round + 1} {figure.case:22} {figure.contender:12}"
            f" {figure.connections:3} connections {figure.rate:8,.0f}/s",
            flush=True,
        )
    others = _others(bench, plan, asked) if whole else {}
    kept = report.results(plan, figures, where, sizes, **others)
    path = report.LATEST if whole else HOME / "partial.json"
    report.keep(kept, path)
    report.show(kept)
    print(f"Written to {_shown(path)}.")


def _others(
    bench: Bench, plan: Plan, asked: Asked, *names: str
) -> dict[str, dict[str, Any] | None]:
    """What is not measured by rate, of Trellis alone; a failure does not spoil the rest."""
    found: dict[str, dict[str, Any] | None] = {}
    trellis = CONTENDERS["trellis"]
    postmaster = asyncio.run(postmaster_of(bench)) or 0
    measured: dict[str, Callable[[Running], Cold | FanOut]] = {
        "cold": lambda it: cold(it, postmaster),
        "fan_out": lambda it: fan_out(bench, it, postmaster, Size(1000, 10, 10)),
    }
    if trellis not in plan.contenders:
        return found
    for name, measuring in measured.items():
        if names and name not in names:
            continue
        print(f"{name} ...", flush=True)
        try:
            with tidied(bench), started(bench, trellis, asked) as it:
                found[name] = asdict(measuring(it))
        except (OSError, TimeoutError, NotStarted, Unequal) as error:
            print(f"{name} failed: {error!r}", flush=True)
            found[name] = None
    return found


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT)


async def _server(bench: Bench) -> str:
    connection = await asyncpg.connect(bench.superuser)
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
app.command()(main)
if __name__ == "__main__":
    app()
