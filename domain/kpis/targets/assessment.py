"""The assessment of one value: how it compares with its target, with the figures that explain it.

A value of a period that is not over is provisional. Only what is summed over time grows towards its
target, so only such values are compared with the share of it that is due by now, the pace.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from domain.kpis.targets.bands import WHOLE
from domain.kpis.targets.enums import KpiTargetStatus
from domain.kpis.targets.progress import compute_attainment, compute_gap
from domain.kpis.targets.target import KpiTarget


@dataclass(frozen=True)
class Assessment:
    """How a value compares with its target. Without a target there are no figures."""

    status: KpiTargetStatus
    attainment: Fraction | None = None
    gap: Fraction | None = None


def assess(
    target: KpiTarget | None,
    value: Decimal | None,
    pace: Fraction = WHOLE,
    *,
    is_applicable: bool = True,
) -> Assessment:
    """Compare a value with its target, of which the share `pace` is due by now."""
    if not is_applicable:
        return Assessment(KpiTargetStatus.NOT_APPLICABLE)
    if value is None:
        return Assessment(KpiTargetStatus.NOT_MEASURED)
    if target is None:
        return Assessment(KpiTargetStatus.NO_TARGET)
    return Assessment(
        target.bands.classify(value, pace),
        compute_attainment(target, value),
        compute_gap(target, value, pace),
    )
