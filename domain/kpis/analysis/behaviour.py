"""The process behaviour chart for those who act on signals, such as alerts.

Readers get signals from the read statement (`persistence.signals`). This finds the same ones in
values that are already loaded; a test compares both. Fractions keep comparisons exact.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from domain.kpis.analysis.signals import (
    BASELINE_POINTS,
    FIRM_POINTS,
    LIMIT_FACTOR,
    MIN_POINTS,
    NEAR_POINTS,
    NEAR_WINDOW,
    RUN_LENGTH,
    KpiSignalRule,
)


@dataclass(frozen=True)
class ChartValue:
    """The value of a period. Periods without one, and those that people left out, are holes."""

    ordinal: int
    starts_on: date
    value: Decimal


@dataclass(frozen=True)
class Signal:
    """The strongest rule that a value follows. It is provisional if its limits are."""

    rule: KpiSignalRule
    is_provisional: bool


@dataclass(frozen=True)
class _Limits:
    mean: Fraction
    reach: Fraction
    """How far the natural limits are away from the mean."""
    is_provisional: bool


def find_signals(values: Sequence[ChartValue], resets: Iterable[date]) -> dict[int, Signal]:
    """Return the values that are signals, by their ordinal.

    Values are in their order. A baseline begins with the first value, and on the day of each reset.
    """
    starts, parts = sorted(resets), dict[int, dict[int, Fraction]]()
    for each in values:
        part = parts.setdefault(bisect_right(starts, each.starts_on), {})
        part[each.ordinal] = Fraction(each.value)
    found = dict[int, Signal]()
    for part in parts.values():
        if (limits := _compute_limits(part)) is not None:
            rules = _find_rules(part, limits)
            found |= {at: Signal(rule, limits.is_provisional) for at, rule in rules}
    return found


def _compute_limits(values: Mapping[int, Fraction]) -> _Limits | None:
    """Return the limits of a baseline; None with too few values, or equal ones."""
    used = list(values.items())[:BASELINE_POINTS]
    ranges = [abs(b - a) for (m, a), (n, b) in pairwise(used) if n == m + 1]
    if len(used) < MIN_POINTS or not any(ranges):
        return None
    mean = sum((each for _, each in used), Fraction(0)) / len(used)
    reach = Fraction(LIMIT_FACTOR) * sum(ranges, Fraction(0)) / len(ranges)
    return _Limits(mean, reach, len(used) < FIRM_POINTS)


def _find_rules(
    values: Mapping[int, Fraction], limits: _Limits
) -> Iterator[tuple[int, KpiSignalRule]]:
    run, last, sides = 0, 0, list[int]()
    for ordinal, value in values.items():
        if ordinal - 1 not in values:
            run, last, sides = 0, 0, []
        distance = value - limits.mean
        side = (distance > 0) - (distance < 0)
        run = run + 1 if side == last else 1
        last = side
        is_near = 2 * abs(distance) > limits.reach
        sides = [*sides[1 - NEAR_WINDOW :], side if is_near else 0]
        if abs(distance) > limits.reach:
            yield ordinal, KpiSignalRule.OUTSIDE_LIMITS
        elif side and run >= RUN_LENGTH:
            yield ordinal, KpiSignalRule.EIGHT_ON_ONE_SIDE
        elif is_near and sides.count(side) >= NEAR_POINTS:
            yield ordinal, KpiSignalRule.THREE_OF_FOUR_NEAR_A_LIMIT
