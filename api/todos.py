"""To-dos in the graph: the entries of `viewer.tasks`."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.kernel.schema.declarations import graph_enum, one, part, value
from domain.kernel.todos import TaskKind
from persistence.todos import TASK

if TYPE_CHECKING:
    from api.access_requests import AccessRequest
    from api.action_items import ActionItem
    from api.alerts import Alert
    from api.feedback import FeedbackRequest
    from api.feedback_programs import FeedbackProgram
    from api.kpi_reviews import KpiReviewSchedule
    from api.kpis import Kpi
    from api.reviews import (
        CalibrationSession,
        Review,
        ReviewAppeal,
        ReviewNomination,
        ReviewNominationRound,
        ReviewPacket,
    )
    from api.surveys import Survey

graph_enum(
    TaskKind,
    "What a task asks for. More kinds may be added.",
    access_request="Approve or refuse a change of rights. It is closed after `dueOn`.",
    action_item="Do what the action item says.",
    alert="Say what is done about the KPI, or record the value that is overdue.",
    kpi_review="Hold the next review of KPIs. It is overdue after `dueOn`.",
    feedback_program="Rate the person. It is possible until `dueOn`.",
    kpi_value="Record the value of the period `Kpi.status.nextPeriod`, by"
    " `kpiRecordMeasurements`. It is overdue after `dueOn`, and ends when a value is recorded.",
    feedback_request="Answer a request for feedback, or decline it.",
    survey="Answer the survey. It is open until `dueOn`.",
    review="Write the review, and submit it.",
    review_approve="Approve the decision about a review, or give it back.",
    review_nominate="Propose who writes about oneself, or choose who writes about somebody.",
    review_approve_nomination="Approve or reject somebody who is proposed to write.",
    review_replace_writer="Find somebody else to write, or reject the nomination to go without.",
    review_share="Decide the level of the review, and share it with the one it is about.",
    calibration="Take part in the calibration session on its day.",
    calibration_lock="Open the calibration session, and lock it when levels are agreed.",
    review_escalation="The review is late. Talk to the manager who decides, or to HR.",
    review_sign="Read one's own review, and acknowledge it, refuse to sign, or dispute it.",
    review_resolve="Answer what the reviewed person disagrees with.",
    review_appeal_assign="Name somebody who decides the appeal, and took no part in the review.",
    review_appeal_decide="Decide the appeal.",
)

TaskSubject = Annotated[
    "AccessRequest | ActionItem | Alert | CalibrationSession | FeedbackProgram | FeedbackRequest"
    " | Kpi | KpiReviewSchedule | Review | ReviewAppeal | ReviewNomination | ReviewNominationRound"
    " | ReviewPacket | Survey",
    strawberry.union("TaskSubject", description="What a task is about. More types may be added."),
]


@part(TASK, where=("kind", "due_on"), order_by=("due_on", "kind"))
class Task:
    """What the viewer has to do because of an object."""

    kind: TaskKind = value("What it asks for.")
    due_on: date = value("The day by which it should be done.")
    mutations: list[str] = value(
        "The mutations that do it, in the order in which they are usual. Empty where it is done"
        " outside of Trellis."
    )
    reminded_at: datetime | None = value(
        "When the viewer was last reminded of it. Null when they never were."
    )
    reminders_sent: int = value("How often the viewer was reminded of it.")
    subject: TaskSubject | None = one("What it is about. Null when the viewer may not see it.")
