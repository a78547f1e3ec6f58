"""KPI reviews in the graph: types, queries and mutations."""

from api.kpi_reviews import planning
from api.kpi_reviews.review import KpiReview
from api.kpi_reviews.schedule import KpiReviewSchedule

__all__ = ["KpiReview", "KpiReviewSchedule", "planning"]
