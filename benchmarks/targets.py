"""The targets: the ratios that Trellis must reach in each case, beside those it reached."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.cases import CASES

BASELINES = ("floor", "postgraphile", "strawberry")
CONNECTIONS = 8
EMPTY_CELL = "-"


@dataclass(frozen=True)
class Target:
    """The minimum ratios of Trellis' rate to those of others; None without a minimum."""

    floor: float
    postgraphile: float | None = None
    strawberry: float | None = None


READ_TARGET = Target(0.80, 4, 20)
TARGETS = {
    "goals-page": READ_TARGET,
    "tree": READ_TARGET,
    "dashboard": READ_TARGET,
    "people-search": READ_TARGET,
    "goal": Target(0.60, 2, 4),
    "check-in": Target(0.70, None, 2),
    "create": Target(0.50),
}
MAX_FAN_OUT_MS = 250.0
MAX_COLD_CPU_MS = 25.0

TableRow = tuple[str, str, str, str]
HEADER: TableRow = ("", "to the floor", "to PostGraphile 5", "to plain Strawberry")


def build_rows(results: Mapping[str, Any]) -> Iterator[TableRow]:
    """Return the ratios of each case with their targets, and whether these are reached."""
    for row in results["medians"]:
        if row["connections"] == CONNECTIONS and row["contender"] == "trellis":
            target, ratios = TARGETS.get(row["case"]), row["ratios"]
            cells = [
                _format_cell(ratios.get(other), getattr(target, other, None)) for other in BASELINES
            ]
            yield (CASES[row["case"]].title, *cells)  # type: ignore[misc]
    yield from _build_extra_rows(results)


def _format_cell(ratio: float | None, target: float | None) -> str:
    if not ratio:
        return EMPTY_CELL
    text = f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"
    return (
        text
        if target is None
        else f"{text} (≥ {target:g}: {'met' if ratio >= target else 'missed'})"
    )


def _build_extra_rows(results: Mapping[str, Any]) -> Iterator[TableRow]:
    if found := results.get("fan_out"):
        undelivered = f", {found['undelivered']:,} undelivered" if found["undelivered"] else ""
        verdict = _format_verdict(found["p95"], MAX_FAN_OUT_MS, has_failed=bool(undelivered))
        name = f"fan-out to {found['subscribers']:,} subscribers, {found['per_second']:g} changes/s"
        yield (
            name,
            f"last at {found['p95']:,.0f} ms (p95){undelivered} {verdict}",
            EMPTY_CELL,
            EMPTY_CELL,
        )
    if found := results.get("cold"):
        cpu = found["own_cpu"] + found["database_cpu"]
        cached = found["cached_own_cpu"] + found["cached_database_cpu"]
        text = f"{cpu:.1f} ms CPU, then {cached:.1f} ms {_format_verdict(cpu, MAX_COLD_CPU_MS)}"
        yield "a document never seen before", text, EMPTY_CELL, EMPTY_CELL


def _format_verdict(value: float, maximum: float, *, has_failed: bool = False) -> str:
    return f"(≤ {maximum:g} ms: {'met' if value <= maximum and not has_failed else 'missed'})"
