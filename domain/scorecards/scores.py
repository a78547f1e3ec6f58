"""The overall score of a scorecard: the weighted mean of the points of its statuses.

Green counts 1, amber one half and red 0. See docs/decisions/0103-a-score-counts-statuses.md.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from domain.kpis import KpiTargetStatus

POINTS: Mapping[KpiTargetStatus, Decimal] = {
    KpiTargetStatus.GREEN: Decimal(1),
    KpiTargetStatus.AMBER: Decimal("0.5"),
    KpiTargetStatus.RED: Decimal(0),
}


class ScorecardScoreMethod(StrEnum):
    """How a score is computed."""

    STATUS_POINTS = "status_points"


class ScorecardMissing(StrEnum):
    """Why a KPI has no part in the score, the first reason that applies."""

    NO_WEIGHT = "no_weight"
    ARCHIVED = "archived"
    NOT_MEASURED = "not_measured"
    NOT_APPLICABLE = "not_applicable"
    SUPPRESSED = "suppressed"
    NO_TARGET = "no_target"


class ScorecardScoreGap(StrEnum):
    """Why there is no score."""

    NO_KPIS = "no_kpis"
    NO_WEIGHTS = "no_weights"
    NOTHING_TO_COUNT = "nothing_to_count"
