"""KPI reviews: who looks at KPIs on which days, what they saw, and what they decided."""

from domain.kpi_reviews.model import (
    DECISION,
    MAX_DECISIONS,
    NOTE,
    KpiReview,
    KpiReviewDecision,
    KpiReviewEntry,
)
from domain.kpi_reviews.schedule import (
    KpiReviewSchedule,
    KpiReviewScheduleStatus,
    KpiReviewSubjectKind,
)
from domain.kpi_reviews.use_cases import KpiReviewSubject, create_schedule, edit_schedule, hold
from domain.recurrences import RULE

__all__ = [
    "DECISION",
    "MAX_DECISIONS",
    "NOTE",
    "RULE",
    "KpiReview",
    "KpiReviewDecision",
    "KpiReviewEntry",
    "KpiReviewSchedule",
    "KpiReviewScheduleStatus",
    "KpiReviewSubject",
    "KpiReviewSubjectKind",
    "create_schedule",
    "edit_schedule",
    "hold",
]
