"""The bars: what Trellis has to reach in each case, and what it reached."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.cases import CASES

AGAINST = ("floor", "postgraphile", "strawberry")
CONNECTIONS = 8
NONE = "-"


@dataclass(frozen=True)
class Bar:
    """The least ratios of Trellis' rate to those of others; None where nothing is asked."""

    floor: float
    postgraphile: float | None = None
    strawberry: float | None = None


READING = Bar(0.80, 4, 20)
BARS = {
    "goals-page": READING,
    "tree": READING,
    "dashboard": READING,
    "people-search": READING,
    "goal": Bar(0.60, 2, 4),
    "check-in": Bar(0.50, None, 2),
}
FAN_OUT = 250.0
COLD = 25.0

Row = tuple[str, str, str, str]
HEAD: Row = ("", "to the floor", "to PostGraphile 5", "to plain Strawberry")


def rows(kept: Mapping[str, Any]) -> Iterator[Row]:
    """The issue's table: for each case the ratios, each with its bar and whether it is met."""
    for row in kept["medians"]:
        if row["connections"] == CONNECTIONS and row["contender"] == "trellis":
            bar, ratios = BARS.get(row["case"]), row["ratios"]
            cells = [_cell(ratios.get(other), getattr(bar, other, None)) for other in AGAINST]
            yield (CASES[row["case"]].title, *cells)  # type: ignore[misc]
    yield from _others(kept)


def _cell(ratio: float | None, bar: float | None) -> str:
    if not ratio:
        return NONE
    text = f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"
    return text if bar is None else f"{text} (≥ {bar:g}: {'met' if ratio >= bar else 'missed'})"


def _others(kept: Mapping[str, Any]) -> Iterator[Row]:
    if found := kept.get("fan_out"):
        lost = f", {found['undelivered']:,} undelivered" if found["undelivered"] else ""
        verdict = _verdict(found["p95"], FAN_OUT, failed=bool(lost))
        name = f"fan-out to {found['subscribers']:,} subscribers, {found['per_second']:g} changes/s"
        yield name, f"last at {found['p95']:,.0f} ms (p95){lost} {verdict}", NONE, NONE
    if found := kept.get("cold"):
        cpu = found["own_cpu"] + found["database_cpu"]
        cached = found["cached_own_cpu"] + found["cached_database_cpu"]
        told = f"{cpu:.1f} ms CPU, then {cached:.1f} ms {_verdict(cpu, COLD)}"
        yield "a document never seen before", told, NONE, NONE


def _verdict(value: float, bar: float, *, failed: bool = False) -> str:
    return f"(≤ {bar:g} ms: {'met' if value <= bar and not failed else 'missed'})"
