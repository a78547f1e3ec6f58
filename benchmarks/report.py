"""The report: medians and ratios, as a table to look at, as Markdown, and as JSON to keep."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import bars
from benchmarks.cases import CASES
from benchmarks.chart import chart
from benchmarks.contenders import CONTENDERS, POOL
from benchmarks.dataset.loading import ROOT
from benchmarks.processes import busy_share
from benchmarks.runner import Figure, Plan, as_json

LATEST = ROOT / "benchmarks" / "results" / "latest.json"
QUIET = 0.1
"""A machine that is busier with other things than this gives figures that prove nothing."""

COLUMNS = ("requests/s", "of the floor", "median ms", "p99 ms", "own CPU ms", "database CPU ms")


def machine(server: str, client: str) -> dict[str, Any]:
    """Where it was measured."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "postgresql": server,
        "client": client,
        "busy_before": busy_share(),
    }


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def results(
    plan: Plan,
    figures: Sequence[Figure],
    where: dict[str, Any],
    sizes: dict[str, int],
    **others: dict[str, Any] | None,
) -> dict[str, Any]:
    """All that is kept of a run."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": _revision(),
        "machine": where,
        "pool": POOL,
        "rounds": plan.rounds,
        "seconds": plan.seconds,
        "objects": sizes,
        "medians": list(medians(figures)),
        "figures": as_json(figures),
        **others,
    }


def _revision() -> str:
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    return told.stdout.strip()


def medians(figures: Sequence[Figure]) -> Iterable[dict[str, Any]]:
    """For each case, number of connections and contender: the median over the rounds.

    `ratios` are those of its rate to the others' in the same round.
    """
    rates: dict[tuple[str, int], dict[str, dict[int, float]]] = {}
    for each in figures:
        told = rates.setdefault((each.case, each.connections), {})
        told.setdefault(each.contender, {})[each.round] = each.rate
    order = {name: number for number, name in enumerate(CASES)}
    first = next(iter(CONTENDERS))
    for case, connections in sorted(rates, key=lambda key: (order[key[0]], key[1])):
        among = rates[case, connections]
        for contender, mine in among.items():
            ratios = {name: _ratio(mine, theirs) for name, theirs in among.items()}
            them = [
                each
                for each in figures
                if (each.case, each.connections, each.contender) == (case, connections, contender)
            ]
            yield {
                "case": case,
                "connections": connections,
                "contender": contender,
                "rate": statistics.median(mine.values()),
                "of_floor": ratios.get(first),
                "ratios": ratios,
                "p50": statistics.median(each.p50 for each in them),
                "p99": statistics.median(each.p99 for each in them),
                "own_cpu": _median(each.own_cpu for each in them),
                "database_cpu": _median(each.database_cpu for each in them),
                "errors": sum(each.errors for each in them),
                "spread": [min(mine.values()), max(mine.values())],
            }


def _ratio(mine: Mapping[int, float], theirs: Mapping[int, float]) -> float | None:
    """The median of what one did for each that another did in the same round."""
    return _median(mine[each] / theirs[each] if theirs[each] else None for each in mine)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def show(kept: dict[str, Any]) -> None:
    """Print the tables."""
    console = Console(width=110)
    where = kept["machine"]
    console.print(
        f"{where['processor']}, {where['cores']} cores, {where['memory_gb']} GB · {where['system']}"
        f" · Python {where['python']} · PostgreSQL {where['postgresql']} · {where['client']}"
        f" · pool {kept['pool']} · {kept['rounds']} rounds of {kept['seconds']:g} s"
    )
    if busy := _busy(kept):
        console.print(busy, style="bold red")
    for title, rows in _tables(kept):
        console.print(_table(title, ("", *COLUMNS), rows))
    console.print(_table("Trellis, 8 connections", bars.HEAD, bars.rows(kept)))


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(head):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    return table


def _busy(kept: dict[str, Any]) -> str | None:
    """A warning where something else ran: it takes most from whoever has the fewest processes."""
    share = kept["machine"]["busy_before"]
    if share is None or share <= QUIET:
        return None
    return f"The machine was {share:.0%} busy with something else: measure again when it is quiet."


def markdown(kept: dict[str, Any]) -> str:
    """The same for the README."""
    lines = [busy, ""] if (busy := _busy(kept)) else []
    tables: list[tuple[str, Sequence[str], Sequence[Sequence[str]]]] = [
        ("Trellis at 8 connections, by rate", bars.HEAD, list(bars.rows(kept)))
    ]
    tables += [(title, ("", *COLUMNS), rows) for title, rows in _tables(kept, bars.CONNECTIONS)]
    tables.append((_RATES, ("", *_titles(kept)), list(_rates(kept))))
    for title, head, rows in tables:
        lines += [f"{title}:", "", f"| {' | '.join(head)} |"]
        lines += [f"| --- |{' ---: |' * (len(head) - 1)}"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
        lines.append("")
    return "\n".join(lines)


_RATES = "Requests/s at 1 · 8 · 32 connections"


def _titles(kept: dict[str, Any]) -> Iterable[str]:
    """The contenders, in the order of the figures."""
    for name in dict.fromkeys(row["contender"] for row in kept["medians"]):
        yield CONTENDERS[name].title


def _rates(kept: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    """For each case the rates of each contender, by the number of connections."""
    found = kept["medians"]
    contenders = dict.fromkeys(row["contender"] for row in found)
    for case in dict.fromkeys(row["case"] for row in found):
        cells = (
            " · ".join(
                f"{row['rate']:,.0f}"
                for row in found
                if (row["case"], row["contender"]) == (case, contender)
            )
            for contender in contenders
        )
        yield CASES[case].title, *(cell or bars.NONE for cell in cells)


def _tables(
    kept: dict[str, Any], only: int | None = None
) -> Iterable[tuple[str, list[tuple[str, ...]]]]:
    found = [row for row in kept["medians"] if only in (None, row["connections"])]
    for case, connections in dict.fromkeys((row["case"], row["connections"]) for row in found):
        rows = [row for row in found if (row["case"], row["connections"]) == (case, connections)]
        yield f"{CASES[case].title}, {connections} connections", [_row(row) for row in rows]


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    failed = f" ({row['errors']} errors)" if row["errors"] else ""
    return (
        CONTENDERS[row["contender"]].title,
        f"{row['rate']:,.0f}{failed}",
        "" if row["of_floor"] is None else f"{row['of_floor']:.2f}",
        f"{row['p50']:.1f}",
        f"{row['p99']:.1f}",
        "" if row["own_cpu"] is None else f"{row['own_cpu']:.2f}",
        "" if row["database_cpu"] is None else f"{row['database_cpu']:.2f}",
    )


def keep(kept: dict[str, Any], path: Path) -> None:
    """Write a run down, and draw it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    path.with_suffix(".svg").write_text(chart(kept["medians"], bars.CONNECTIONS))
