"""Evidence in the graph: what a person did in the period of their review."""

from datetime import date

from api.feedback import Feedback
from api.goals import CheckIn, Goal
from api.kernel.schema.declarations import Connection, list_of, many, one, part, value
from api.kpis import Kpi
from api.kpis.status import KpiStatus
from api.reviews.packets import ReviewPacket
from domain.goals import GoalStatus
from persistence.review_evidence import (
    MAX_GOALS,
    MAX_KPIS,
    REVIEW_EVIDENCE,
    REVIEW_EVIDENCE_GOAL,
    REVIEW_EVIDENCE_KPI,
)


@part(REVIEW_EVIDENCE_GOAL)
class ReviewEvidenceGoal:
    """A goal of the reviewed person at the end of the period, or today if that is earlier."""

    goal: Goal | None = one("The goal as it is today. Never null.")
    status: GoalStatus = value("Its state at the end. A goal that was closed later was active.")
    progress: float | None = value(
        "The mean progress of its key results by what was reported until then. Of a key result with"
        " a KPI only the present value is known. Without key results: 1 when it was achieved, 0"
        " when it was missed, else null."
    )
    check_ins: Connection[CheckIn] = many(
        "The check-ins about days in the period, the newest first.", usual_size=5
    )


@part(REVIEW_EVIDENCE_KPI)
class ReviewEvidenceKpi:
    """A KPI that the reviewed person owns today."""

    kpi: Kpi | None = one("The KPI. Never null.")
    status: KpiStatus | None = one(
        "How its newest measured period at the end compares with its target. Never null."
    )


@part(REVIEW_EVIDENCE)
class ReviewEvidence:
    """What the viewer may read about the work of the reviewed person in the period.

    Each part follows its own rules: private goals, feedback for others and KPIs of others stay
    hidden.
    """

    starts_on: date = value("The first day of the period.")
    last_day: date = value("The last day of the period.")
    goals: list[ReviewEvidenceGoal] = list_of(
        "The goals that the person owns and that ran in the period, without drafts. The ones due"
        f" last come first, {MAX_GOALS} at most.",
        usual_size=5,
    )
    kpis: list[ReviewEvidenceKpi] = list_of(
        f"The KPIs in use that the person owns today, {MAX_KPIS} at most.", usual_size=3
    )
    feedback: Connection[Feedback] = many(
        "The feedback about the person that was released in the period.", usual_size=5
    )
    earlier_packets: Connection[ReviewPacket] = many(
        "The reviews of the person about earlier periods.", usual_size=3
    )
