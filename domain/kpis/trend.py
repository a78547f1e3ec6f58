"""The trend of a KPI: how a value differs from that of an earlier period.

It has a twin in SQL (`persistence/kpis/trend.py`); a test compares both.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from domain.kpis.enums import KpiDirection, KpiUnit


class KpiChangeKind(StrEnum):
    """Whether a change is for the better."""

    BETTER = "better"
    WORSE = "worse"
    UNCHANGED = "unchanged"
    DIFFERENT = "different"


@dataclass(frozen=True)
class KpiDifference:
    """The difference to an earlier value, in the unit of the KPI and as a share of that value."""

    difference: Fraction
    relative: Fraction | None
    kind: KpiChangeKind


def compare(
    value: Decimal, earlier: Decimal, unit: KpiUnit, direction: KpiDirection
) -> KpiDifference:
    """Return how a value differs from an earlier one.

    The difference of two shares is in percentage points. The relative difference is a share of the
    earlier value without its sign, so that more is always positive. Of zero and of percentage
    points there is none: points are differences already, and may lie around zero.
    """
    difference = Fraction(value) - Fraction(earlier)
    has_share = earlier and unit is not KpiUnit.PERCENTAGE_POINTS
    relative = difference / abs(Fraction(earlier)) if has_share else None
    shown = difference * 100 if unit is KpiUnit.SHARE else difference
    return KpiDifference(shown, relative, _judge(difference, direction))


def _judge(difference: Fraction, direction: KpiDirection) -> KpiChangeKind:
    if difference == 0:
        return KpiChangeKind.UNCHANGED
    if direction is KpiDirection.BAND:
        return KpiChangeKind.DIFFERENT
    is_better = (difference > 0) == (direction is KpiDirection.UP)
    return KpiChangeKind.BETTER if is_better else KpiChangeKind.WORSE
