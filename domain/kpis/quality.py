"""The quality gate: what makes a KPI useful, and what to do where something is missing.

A failed check is advice and blocks nothing. The checks run in SQL: `persistence.kpis.quality`.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.kpis.enums import KpiFrequency

MAX_IN_FOCUS = 20
"""So many active KPIs of one unit can be followed."""
COMPARED_PERIODS = 24
"""In so many of the newest periods slices are compared with the total."""


REVIEW_DAYS = {
    KpiFrequency.DAILY: 31,
    KpiFrequency.WEEKLY: 31,
    KpiFrequency.MONTHLY: 62,
    KpiFrequency.QUARTERLY: 184,
    KpiFrequency.ANNUAL: 732,
    KpiFrequency.IRREGULAR: 366,
}
"""How old the last review, or a look, may be: two periods, and at least a month."""


class KpiQualityCode(StrEnum):
    """What a check asks."""

    PURPOSE = "purpose"
    DEFINED = "defined"
    QUANTIFIED = "quantified"
    APPLICABLE = "applicable"
    TARGET = "target"
    OWNER = "owner"
    SHARED = "shared"
    COMMUNICATED = "communicated"
    MEASURED_ON_TIME = "measured_on_time"
    FOCUS = "focus"
    REVIEWED = "reviewed"
    SLICES_ADD_UP = "slices_add_up"


@dataclass(frozen=True)
class Answers:
    """What is said when a check passes, and when it fails."""

    passed: str
    failed: str


ANSWERS = {
    KpiQualityCode.PURPOSE: Answers(
        "The KPI supports an open goal.",
        "No open goal that you may see is its purpose. Name the goal that the KPI is crucial to.",
    ),
    KpiQualityCode.DEFINED: Answers(
        "The definition says how a value is calculated.",
        "The definition does not say how a value is calculated. Describe it, or enter a formula.",
    ),
    KpiQualityCode.QUANTIFIED: Answers(
        "The KPI has values.", "The KPI has no value yet. Record the first one."
    ),
    KpiQualityCode.APPLICABLE: Answers(
        "The KPI applies in its newest period, or has no value yet.",
        "In the newest period the KPI does not apply. Archive it, or measure what does apply.",
    ),
    KpiQualityCode.TARGET: Answers(
        "The KPI has a target today.", "The KPI has no target today. Set one."
    ),
    KpiQualityCode.OWNER: Answers(
        "The owner has not left.",
        "The owner has left, or you may not see them. Name an owner who has not left.",
    ),
    KpiQualityCode.SHARED: Answers(
        "The KPI is shared.",
        "The KPI is shared with nobody whom you may see. Share it with those who can act on it.",
    ),
    KpiQualityCode.COMMUNICATED: Answers(
        "Enough people have looked at the KPI lately, or so few may see it that nobody counts.",
        "Few people have looked at the KPI in its last two periods, or in the last month. Show it"
        " to those who can act on it.",
    ),
    KpiQualityCode.MEASURED_ON_TIME: Answers(
        "No value is overdue.",
        "A value is overdue, or there is none at all. Record it; of a computed KPI, its inputs.",
    ),
    KpiQualityCode.FOCUS: Answers(
        f"Its unit has at most {MAX_IN_FOCUS} active KPIs that you may see.",
        f"Its unit has more than {MAX_IN_FOCUS} active KPIs that you may see. Archive those that"
        " nobody decides by.",
    ),
    KpiQualityCode.REVIEWED: Answers(
        "A review looked at the KPI in its last two periods, or in the last month.",
        "No review that you may see looked at the KPI lately. Plan reviews of it or of its"
        " scorecard, and hold them.",
    ),
    KpiQualityCode.SLICES_ADD_UP: Answers(
        "No slices that you may see differ from a total that was recorded beside them.",
        "The slices of a complete dimension do not add up to the total in a period. Correct the"
        " slices or the total, or withdraw the total: then it follows from the slices.",
    ),
}
"""The answers of all checks, in the order in which they are shown."""
