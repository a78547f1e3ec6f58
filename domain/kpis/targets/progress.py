"""Progress to a target: how much of it is attained, how far off a value is, and what is due by now.

Each function has a twin in SQL (`persistence/kpis/target_rules.py`); a test compares both.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from fractions import Fraction

from domain.kernel.periods import ONE_DAY
from domain.kpis.targets.bands import WHOLE
from domain.kpis.targets.enums import DOWNWARD, KpiTargetKind
from domain.kpis.targets.target import KpiTarget

ZERO = Fraction(0)


def compute_attainment(target: KpiTarget, value: Decimal) -> Fraction | None:
    """Return the attained share of a target: 1 is all of it, and more is possible.

    With a start value it is the share of the way from there. Without one it is value / target for
    a positive target, and as far from 1 as the value is off in shares of the target otherwise. None
    where the target is zero and has no start value.
    """
    if target.kind is KpiTargetKind.BETWEEN:
        return _attain_range(target, Fraction(value))
    aim, actual = Fraction(target.value), Fraction(value)
    sign = -1 if target.kind in DOWNWARD else 1
    if target.start_value is not None:
        start = Fraction(target.start_value)
        if start == aim:
            return WHOLE if sign * (actual - aim) >= 0 else ZERO
        return (actual - start) / (aim - start)
    return None if aim == 0 else 1 + sign * (actual - aim) / abs(aim)


def _attain_range(target: KpiTarget, value: Fraction) -> Fraction:
    """Return 1 inside the range, 0 outside of amber, and a share of the tolerance between."""
    assert target.upper_value is not None, "A range has two ends."
    distance = abs(compute_gap(target, value))
    if distance == 0:
        return WHOLE
    edge, end = (
        (target.amber_from, target.value)
        if value < target.value
        else (target.amber_to, target.upper_value)
    )
    tolerance = abs(Fraction(end) - Fraction(end if edge is None else edge))
    return ZERO if tolerance == 0 else max(ZERO, 1 - distance / tolerance)


def compute_gap(target: KpiTarget, value: Fraction | Decimal, pace: Fraction = WHOLE) -> Fraction:
    """Return the value minus what the target asks for by now; 0 inside a range."""
    actual, first = Fraction(value), Fraction(target.value) * pace
    if target.upper_value is None:
        return actual - first
    last = Fraction(target.upper_value) * pace
    return min(actual - first, ZERO) + max(actual - last, ZERO)


def compute_pace(
    first_day: date, ends_before: date, through: date, free_days: Collection[date] = ()
) -> Fraction:
    """Return the share of a time that has gone at the end of a day; exactly 1 at its end.

    Free days do not count, unless all days are free.
    """
    until = max(min(through + ONE_DAY, ends_before), first_day)
    gone, days = (until - first_day).days, (ends_before - first_day).days
    free = [each for each in free_days if first_day <= each < ends_before]
    if len(free) == days:
        return Fraction(gone, days)
    return Fraction(gone - sum(each < until for each in free), days - len(free))
