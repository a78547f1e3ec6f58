"""Baselines: the values that the natural limits of a KPI are computed from.

The first one begins with the first value. A person resets it, with a reason, when the process has
changed for good and the cause is known. Limits stay as they are between two resets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import MultiLine
from domain.kpis.policy import SEE

MAX_BASELINES = 50
REASON = MultiLine(
    "The reason", max_length=500, advice="Write what changed for good, and why you know it."
)
REMOVAL_REASON = MultiLine(
    "The reason", max_length=500, advice="Write why the baseline did not begin then."
)


@dataclass(kw_only=True, eq=False)
class KpiBaseline(Part):
    """A reset: from the period that begins on `starts_on`, new limits are computed."""

    NAME = "kpi_baseline"
    SEE = InheritedFrom("kpi_id", "kpi", SEE)

    kpi_id: UUID
    starts_on: date
    reason: Annotated[str, REASON]
    recorded_at: datetime


def get_baseline(baselines: Iterable[KpiBaseline], starts_on: date) -> KpiBaseline:
    """Return the baseline that begins on a day. Raises Invalid with OUT_OF_RANGE."""
    for each in baselines:
        if each.starts_on == starts_on:
            return each
    message = "No baseline was reset in this period. Choose the first period of one that was."
    raise Invalid(message, "startsOn", code=Code.OUT_OF_RANGE)
