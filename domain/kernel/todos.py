"""To-dos: what a person has to do, because of an object that is open.

An aggregate that has some yields them from `list_todos`. They are stored with it, and are the
entries of `viewer.tasks`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.kernel.identity import PersonId


class TaskKind(StrEnum):
    """What a to-do asks for."""

    ACCESS_REQUEST = "access_request"
    ACTION_ITEM = "action_item"
    ALERT = "alert"
    FEEDBACK_PROGRAM = "feedback_program"
    FEEDBACK_REQUEST = "feedback_request"
    KPI_REVIEW = "kpi_review"
    KPI_VALUE = "kpi_value"
    SURVEY = "survey"
    REVIEW = "review"
    REVIEW_APPROVE = "review_approve"
    REVIEW_SHARE = "review_share"
    REVIEW_NOMINATE = "review_nominate"
    REVIEW_APPROVE_NOMINATION = "review_approve_nomination"
    REVIEW_REPLACE_WRITER = "review_replace_writer"
    REVIEW_SIGN = "review_sign"
    CALIBRATION = "calibration"
    CALIBRATION_LOCK = "calibration_lock"
    REVIEW_RESOLVE = "review_resolve"
    REVIEW_APPEAL_ASSIGN = "review_appeal_assign"
    REVIEW_APPEAL_DECIDE = "review_appeal_decide"
    REVIEW_ESCALATION = "review_escalation"


@dataclass(frozen=True)
class Todo:
    """What a person has to do by a day. An object gives each person at most one."""

    person_id: PersonId
    due_on: date
    kind: TaskKind


class MayBeTodo(ABC):
    """A part that its aggregate never loads. It is a to-do of one person, or none."""

    person_id: PersonId | None

    @property
    @abstractmethod
    def subject(self) -> tuple[str, UUID]:
        """The NAME and the id of the object that the to-do is shown with."""

    @abstractmethod
    def find_todo(self) -> Todo | None:
        """Return the to-do in its present state."""
