"""Parts of a survey that it never loads: invitations, and what is published."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.ballots import BallotInvitation
from domain.kernel.aggregate import Part
from domain.kernel.identity import OrganizationId, PersonId
from domain.kernel.todos import TaskKind
from domain.surveys import policy
from domain.surveys.enums import SurveyResultScope
from domain.surveys.model import Survey


@dataclass(kw_only=True, eq=False)
class SurveyInvitation(BallotInvitation):
    """Says that a person may answer a survey; deleted when the ballots are counted.

    `organization_id` is the unit of the person at the launch. `cells` are the units with whose
    answers those of the person may be shown, the nearest first and the unit of the survey left out.
    They are None where an earlier release has launched the survey.
    """

    NAME = "survey_invitation"
    SEE = policy.SEE_INVITATION
    BOX = Survey
    TASK = TaskKind.SURVEY

    survey_id: UUID
    person_id: PersonId
    organization_id: OrganizationId | None = None
    cells: tuple[str, ...] | None = None
    closes_on: date
    batch: int = 0
    has_responded: bool = False
    ballot: str | None = None

    def find_cell(self, top: OrganizationId | None) -> UUID | None:
        """Return the cell of the person, or the unit where an earlier release planned none."""
        if self.cells is None:
            return self.organization_id
        return UUID(self.cells[0]) if self.cells else top


@dataclass(kw_only=True, eq=False)
class SurveyResult(Part):
    """The figures of a question, for all answers or for those of one cell.

    `mean` is that of a RATING, `score` that of a RECOMMENDATION. The shares of buckets are sums of
    published shares; None without these, and for a question that is not from the bank. The
    schedule, the question of the bank and the day are those of the survey.
    """

    NAME = "survey_result"
    SEE = policy.SEE_RESULT

    survey_id: UUID
    question_id: UUID
    scope: SurveyResultScope
    organization_id: OrganizationId | None = None
    answer_count: int
    mean: Decimal | None = None
    score: Decimal | None = None
    unfavorable_share: Decimal | None = None
    favorable_share: Decimal | None = None
    schedule_id: UUID | None = None
    bank_question_id: UUID | None = None
    occurs_on: date | None = None


@dataclass(kw_only=True, eq=False)
class SurveyShare(Part):
    """The share of one answer among those of a result: of a number, or of a choice."""

    NAME = "survey_share"
    SEE = policy.SEE_RESULT

    survey_id: UUID
    result_id: UUID
    scope: SurveyResultScope
    answer: int
    label: str
    share: Decimal


@dataclass(kw_only=True, eq=False)
class SurveyComment(Part):
    """A comment. Its id is random, and nothing says who wrote it, when, or what else they said."""

    NAME = "survey_comment"
    SEE = policy.SEE_COMMENT

    survey_id: UUID
    question_id: UUID
    text: str
