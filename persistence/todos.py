"""To-dos as the entries of `viewer.tasks`, each with the object because of which it exists.

A concept with to-dos is one entry of `SUBJECTS`.
"""

from json import dumps

from sqlalchemy import type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from domain.access_requests import AccessRequest
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
from persistence.access_requests import ACCESS_REQUEST
from persistence.action_items import ACTION_ITEM
from persistence.alerts import ALERT
from persistence.feedback import FEEDBACK_REQUEST
from persistence.feedback_programs import FEEDBACK_PROGRAM
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.todo_list import todos
from persistence.kpi_reviews import KPI_REVIEW_SCHEDULE
from persistence.kpis import KPI
from persistence.members import VIEWER
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, One, ReadModel, Row, Sql, UnionOf
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
    AccessRequest.NAME: ACCESS_REQUEST,
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

MUTATIONS: dict[TaskKind, tuple[str, ...]] = {
    TaskKind.ACCESS_REQUEST: ("accessRequestApprove", "accessRequestRefuse"),
    TaskKind.ACTION_ITEM: ("actionItemComplete", "actionItemCancel"),
    TaskKind.ALERT: ("alertAcknowledge", "kpiRecordMeasurements"),
    TaskKind.FEEDBACK_PROGRAM: ("feedbackProgramRespond",),
    TaskKind.FEEDBACK_REQUEST: ("feedbackGive", "feedbackDecline"),
    TaskKind.KPI_REVIEW: ("kpiReviewHold",),
    TaskKind.KPI_VALUE: ("kpiRecordMeasurements",),
    TaskKind.SURVEY: ("surveyRespond",),
    TaskKind.REVIEW: ("reviewSaveAnswer", "reviewSubmit"),
    TaskKind.REVIEW_APPROVE: ("reviewApprove", "reviewReturn"),
    TaskKind.REVIEW_SHARE: ("reviewDecide", "reviewShare"),
    TaskKind.REVIEW_NOMINATE: ("reviewNominate",),
    TaskKind.REVIEW_APPROVE_NOMINATION: ("reviewApproveNomination", "reviewRejectNomination"),
    TaskKind.REVIEW_REPLACE_WRITER: ("reviewNominate", "reviewRejectNomination"),
    TaskKind.REVIEW_SIGN: ("reviewAcknowledge", "reviewRefuseToSign", "reviewDispute"),
    TaskKind.REVIEW_RESOLVE: ("reviewResolve",),
    TaskKind.REVIEW_APPEAL_ASSIGN: ("reviewAppealAssign",),
    TaskKind.REVIEW_APPEAL_DECIDE: ("reviewAppealDecide",),
    TaskKind.REVIEW_ESCALATION: (),
    TaskKind.CALIBRATION: ("calibrationSessionAdjust",),
    TaskKind.CALIBRATION_LOCK: ("calibrationSessionOpen", "calibrationSessionLock"),
}
"""The mutations that do what a task asks for, in the order in which they are usual."""


def _name_mutations(row: Row, _: FieldContext) -> Sql:
    cases = " ".join(f"WHEN '{kind}' THEN '{dumps(names)}'" for kind, names in MUTATIONS.items())
    return SqlTemplate(f"(CASE {{kind}} {cases} END)::jsonb", JSONB(), kind=row.c.kind)


TASK = ReadModel("Task", todos, "task", see=Is("person_id"), order=("due_on",))
TASK.value("kind", lambda row, _: type_coerce(row.c.kind, EnumText(TaskKind)))
TASK.declared_fields["subject"] = UnionOf(
    lambda row: row.c.entity,
    {
        name: One(model, lambda row, other, _: other.c.id == row.c.subject_id)
        for name, model in SUBJECTS.items()
    },
)
TASK.value("mutations", _name_mutations)
VIEWER.many("tasks", TASK, lambda row, task, _: task.c.person_id == row.c.person_id)
