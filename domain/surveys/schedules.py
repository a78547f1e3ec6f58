"""The aggregate of a schedule: which questions are asked of whom, again and again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Part
from domain.kernel.fields import EDITABLE, MultiLine, SingleLine, WholeNumber
from domain.kernel.identity import OrganizationId
from domain.recurrences import RULE, RecurrenceStatus, Recurring, SkipReason
from domain.recurrences.model import ACTIVE, EVENTS
from domain.surveys import policy
from domain.surveys.enums import SurveyAudience
from domain.surveys.model import (
    DEFAULT_DAYS,
    DEFAULT_THRESHOLD,
    MAX_DAYS,
    MAX_THRESHOLD,
    MIN_THRESHOLD,
)

TITLE = SingleLine("The title", max_length=200)
INTRODUCTION = MultiLine("The introduction", 4_000)
OPEN_DAYS = WholeNumber("The number of days", 1, MAX_DAYS)


@dataclass(kw_only=True, eq=False)
class SurveyScheduleQuestion(Part):
    """A question of the bank that a schedule asks."""

    NAME = "survey_schedule_question"
    SEE = policy.SEE_SCHEDULE_PART

    schedule_id: UUID
    position: int
    question_id: UUID
    is_required: Annotated[bool, EDITABLE] = False


@dataclass(kw_only=True, eq=False)
class SurveySchedule(Recurring):
    """Asks the same questions of a unit on each day of a rule.

    Who is asked what, and from how many answers on figures are published, never changes.
    """

    NAME = "survey_schedule"
    LABEL = "schedule of surveys"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    SEE_HISTORY = policy.MANAGE
    KNOWN_FACTS = frozenset({"organization_id", "status"})
    CREATE: ClassVar = Action("create", policy.MANAGE)
    EDIT: ClassVar = Action("edit", policy.MANAGE, ACTIVE)
    END: ClassVar = Action("end", policy.MANAGE, ACTIVE)
    FEED_KPI: ClassVar = Action("feed_kpi", policy.MANAGE)
    ACTIONS = (EDIT, END)
    EVENTS = EVENTS
    SEARCH_ATTRIBUTES = ("title",)

    title: Annotated[str, TITLE, EDITABLE]
    introduction: Annotated[str | None, INTRODUCTION, EDITABLE] = None
    organization_id: OrganizationId | None = None
    open_days: Annotated[int, OPEN_DAYS, EDITABLE] = DEFAULT_DAYS
    threshold: Annotated[
        int, WholeNumber("The threshold", MIN_THRESHOLD, MAX_THRESHOLD), EDITABLE
    ] = DEFAULT_THRESHOLD
    audience: Annotated[SurveyAudience, EDITABLE] = SurveyAudience.MANAGERS
    rule: Annotated[str, RULE]
    starts_on: date
    recurs_on: date | None = None
    last_occurred_on: date | None = None
    skipped_on: date | None = None
    skip_reason: SkipReason | None = None
    status: RecurrenceStatus = ACTIVE
    questions: list[SurveyScheduleQuestion] = field(default_factory=list)

    def ask(self, questions: Sequence[tuple[UUID, bool]]) -> None:
        """Let it ask these questions of the bank, each with whether it needs an answer."""
        self.questions = [
            SurveyScheduleQuestion(
                tenant_id=self.tenant_id,
                schedule_id=self.id,
                position=position,
                question_id=id,
                is_required=is_required,
            )
            for position, (id, is_required) in enumerate(questions, start=1)
        ]

    def list_terms(self) -> dict[str, Any]:
        """Return what each of its surveys has from it."""
        names = ("title", "introduction", "threshold", "audience")
        return {name: getattr(self, name) for name in names}
