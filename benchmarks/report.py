"""The report: medians and ratios, as tables for the terminal, as Markdown and as JSON."""

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

from benchmarks import targets
from benchmarks.cases import CASES
from benchmarks.chart import draw_chart
from benchmarks.contenders import CONTENDERS, POOL_SIZE
from benchmarks.dataset.loading import ROOT
from benchmarks.processes import measure_busy_share
from benchmarks.runner import BenchmarkPlan, Measurement, serialize_measurements

LATEST_RESULTS = ROOT / "benchmarks" / "results" / "latest.json"
MAX_BUSY_SHARE = 0.1
"""The share of CPU for other programs above which figures are not reliable."""

COLUMNS = ("requests/s", "of the floor", "median ms", "p99 ms", "own CPU ms", "database CPU ms")


def describe_machine(server: str, client: str) -> dict[str, Any]:
    """Return a description of the machine."""
    return {
        "processor": _read_processor_name(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "postgresql": server,
        "client": client,
        "busy_before": measure_busy_share(),
    }


def _read_processor_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def build_results(
    plan: BenchmarkPlan,
    measurements: Sequence[Measurement],
    machine_info: dict[str, Any],
    sizes: dict[str, int],
    **other_results: dict[str, Any] | None,
) -> dict[str, Any]:
    """Return all results of a run, for the JSON file."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": _read_revision(),
        "machine": machine_info,
        "pool": POOL_SIZE,
        "rounds": plan.rounds,
        "seconds": plan.seconds,
        "objects": sizes,
        "medians": list(compute_medians(measurements)),
        "figures": serialize_measurements(measurements),
        **other_results,
    }


def _read_revision() -> str:
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    return completed.stdout.strip()


def compute_medians(measurements: Sequence[Measurement]) -> Iterable[dict[str, Any]]:
    """Return the median over the rounds, for each case, number of connections and contender.

    `ratios` compare its rate with that of the others in the same round.
    """
    rates: dict[tuple[str, int], dict[str, dict[int, float]]] = {}
    for each in measurements:
        by_contender = rates.setdefault((each.case, each.connections), {})
        by_contender.setdefault(each.contender, {})[each.round] = each.rate
    order = {name: number for number, name in enumerate(CASES)}
    first = next(iter(CONTENDERS))
    for case, connections in sorted(rates, key=lambda key: (order[key[0]], key[1])):
        rates_by_contender = rates[case, connections]
        for contender, own_rates in rates_by_contender.items():
            ratios = {
                name: _compute_ratio(own_rates, theirs)
                for name, theirs in rates_by_contender.items()
            }
            selected = [
                each
                for each in measurements
                if (each.case, each.connections, each.contender) == (case, connections, contender)
            ]
            yield {
                "case": case,
                "connections": connections,
                "contender": contender,
                "rate": statistics.median(own_rates.values()),
                "of_floor": ratios.get(first),
                "ratios": ratios,
                "p50": statistics.median(each.p50 for each in selected),
                "p99": statistics.median(each.p99 for each in selected),
                "own_cpu": _compute_median(each.own_cpu for each in selected),
                "database_cpu": _compute_median(each.database_cpu for each in selected),
                "errors": sum(each.errors for each in selected),
                "spread": [min(own_rates.values()), max(own_rates.values())],
            }


def _compute_ratio(
    own_rates: Mapping[int, float], other_rates: Mapping[int, float]
) -> float | None:
    """Return the median ratio of two contenders' rates in the same round."""
    return _compute_median(
        own_rates[each] / other_rates[each] if other_rates[each] else None for each in own_rates
    )


def _compute_median(values: Iterable[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return statistics.median(present) if present else None


def print_tables(results: dict[str, Any]) -> None:
    """Print the tables."""
    console = Console(width=110)
    machine_info = results["machine"]
    console.print(
        f"{machine_info['processor']}, {machine_info['cores']} cores, "
        f"{machine_info['memory_gb']} GB · {machine_info['system']} · "
        f"Python {machine_info['python']} · PostgreSQL {machine_info['postgresql']} · "
        f"{machine_info['client']}"
        f" · pool {results['pool']} · {results['rounds']} rounds of {results['seconds']:g} s"
    )
    if busy := _format_busy_warning(results):
        console.print(busy, style="bold red")
    for title, rows in _build_tables(results):
        console.print(_build_table(title, ("", *COLUMNS), rows))
    console.print(
        _build_table("Trellis, 8 connections", targets.HEADER, targets.build_rows(results))
    )


def _build_table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(header):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    return table


def _format_busy_warning(results: dict[str, Any]) -> str | None:
    """Return a warning if other programs ran: they slow contenders with few processes most."""
    share = results["machine"]["busy_before"]
    if share is None or share <= MAX_BUSY_SHARE:
        return None
    return f"The machine was {share:.0%} busy with something else: measure again when it is quiet."


def render_summary(results: dict[str, Any]) -> str:
    """Return the ratios and their targets as one Markdown table."""
    return "\n".join(_render_table(targets.HEADER, list(targets.build_rows(results))))


def render_markdown(results: dict[str, Any]) -> str:
    """Return all tables as Markdown, with a warning where the machine was busy."""
    lines = [busy, ""] if (busy := _format_busy_warning(results)) else []
    tables: list[tuple[str, Sequence[str], Sequence[Sequence[str]]]] = [
        ("Trellis at 8 connections, by rate", targets.HEADER, list(targets.build_rows(results)))
    ]
    tables += [
        (title, ("", *COLUMNS), rows) for title, rows in _build_tables(results, targets.CONNECTIONS)
    ]
    tables.append(
        (_RATES_TITLE, ("", *_list_contender_titles(results)), list(_build_rate_rows(results)))
    )
    for title, header, rows in tables:
        lines += [f"{title}:", "", *_render_table(header, rows), ""]
    return "\n".join(lines)


def _render_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(header)} |",
        f"| --- |{' ---: |' * (len(header) - 1)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


_RATES_TITLE = "Requests/s at 1 · 8 · 32 connections"


def _list_contender_titles(results: dict[str, Any]) -> Iterable[str]:
    """Return the titles of the contenders, in the order of the figures."""
    for name in dict.fromkeys(row["contender"] for row in results["medians"]):
        yield CONTENDERS[name].title


def _build_rate_rows(results: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    """Return the rates of each contender for each case, by the number of connections."""
    found = results["medians"]
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
        yield CASES[case].title, *(cell or targets.EMPTY_CELL for cell in cells)


def _build_tables(
    results: dict[str, Any], only_connections: int | None = None
) -> Iterable[tuple[str, list[tuple[str, ...]]]]:
    found = [row for row in results["medians"] if only_connections in (None, row["connections"])]
    for case, connections in dict.fromkeys((row["case"], row["connections"]) for row in found):
        rows = [row for row in found if (row["case"], row["connections"]) == (case, connections)]
        yield f"{CASES[case].title}, {connections} connections", [_format_row(row) for row in rows]


def _format_row(row: dict[str, Any]) -> tuple[str, ...]:
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


def write_results(results: dict[str, Any], path: Path) -> None:
    """Write the results of a run and its chart to files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    path.with_suffix(".svg").write_text(draw_chart(results["medians"], targets.CONNECTIONS))
