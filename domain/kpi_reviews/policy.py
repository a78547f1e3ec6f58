"""Access rules of KPI reviews: who sees what is reviewed sees when, and what came out.

An entry is shown to those who see the review and the KPI of the entry. So a review never shows more
than its KPIs do, to nobody, and two people may see different entries of it.
"""

from domain.kernel.access import Has, InheritedFrom, Is, IsOneOf
from domain.kpis import policy as kpis
from domain.scorecards import policy as scorecards

MANAGE = InheritedFrom("kpi_id", "kpi", kpis.EDIT) | InheritedFrom(
    "scorecard_id", "scorecard", scorecards.EDIT
)
"""Who edits what is reviewed. Both are edited by those who hold the same permission."""

SEE_SUBJECT = Has("subject_kind", "kpi") & InheritedFrom("kpi_id", "kpi", kpis.SEE) | Has(
    "subject_kind", "scorecard"
) & InheritedFrom("scorecard_id", "scorecard", scorecards.SEE)
"""The kind is asked, because some permissions show all KPIs, but not all scorecards."""

EDIT = Is("owner_id") | MANAGE
SEE = EDIT | IsOneOf("participant_ids") | SEE_SUBJECT
SEE_HISTORY = EDIT
SEE_REVIEW = InheritedFrom("schedule_id", "kpi_review_schedule", SEE)
HOLD = InheritedFrom("schedule_id", "kpi_review_schedule", EDIT)
SEE_KPI_OF_ENTRY = InheritedFrom("kpi_id", "kpi", kpis.SEE)
SEE_PART = InheritedFrom("review_id", "kpi_review", SEE_REVIEW)
