"""To-dos as the entries of `viewer.tasks`, each with the object because of which it exists.

A concept with to-dos is one entry of `SUBJECTS`.
"""

from sqlalchemy import type_coerce

from domain.action_items import ActionItem
from domain.alerts import Alert
from domain.feedback import FeedbackRequest
from domain.feedback_programs import FeedbackProgram
from domain.kernel.access import Is
from domain.kernel.todos import TaskKind
from domain.kpi_reviews import KpiReviewSchedule
from domain.kpis import Kpi
from domain.reviews import (
    CalibrationSession,
    Review,
    ReviewAppeal,
    ReviewNomination,
    ReviewNominationRound,
    ReviewPacket,
)
from domain.surveys import Survey
from persistence.action_items import ACTION_ITEM
from persistence.alerts import ALERT
from persistence.feedback import FEEDBACK_REQUEST
from persistence.feedback_programs import FEEDBACK_PROGRAM
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.todo_list import todos
from persistence.kpi_reviews import KPI_REVIEW_SCHEDULE
from persistence.kpis import KPI
from persistence.members import VIEWER
from persistence.reading.read_model import One, ReadModel, UnionOf
from persistence.reviews import (
    CALIBRATION_SESSION,
    REVIEW,
    REVIEW_APPEAL,
    REVIEW_NOMINATION,
    REVIEW_NOMINATION_ROUND,
    REVIEW_PACKET,
)
from persistence.surveys import SURVEY

SUBJECTS = {
    ActionItem.NAME: ACTION_ITEM,
    Alert.NAME: ALERT,
    FeedbackProgram.NAME: FEEDBACK_PROGRAM,
    FeedbackRequest.NAME: FEEDBACK_REQUEST,
    Kpi.NAME: KPI,
    KpiReviewSchedule.NAME: KPI_REVIEW_SCHEDULE,
    Survey.NAME: SURVEY,
    Review.NAME: REVIEW,
    ReviewPacket.NAME: REVIEW_PACKET,
    CalibrationSession.NAME: CALIBRATION_SESSION,
    ReviewAppeal.NAME: REVIEW_APPEAL,
    ReviewNominationRound.NAME: REVIEW_NOMINATION_ROUND,
    ReviewNomination.NAME: REVIEW_NOMINATION,
}
"""The read models of the objects that people may have to do something about, by their NAME."""

TASK = ReadModel("Task", todos, "task", see=Is("person_id"), order=("due_on",))
TASK.value("kind", lambda row, _: type_coerce(row.c.kind, EnumText(TaskKind)))
TASK.declared_fields["subject"] = UnionOf(
    lambda row: row.c.entity,
    {
        name: One(model, lambda row, other, _: other.c.id == row.c.subject_id)
        for name, model in SUBJECTS.items()
    },
)
VIEWER.many("tasks", TASK, lambda row, task, _: task.c.person_id == row.c.person_id)
