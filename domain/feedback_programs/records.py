"""Parts of a program that it never loads: its raters, and what is published."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID, uuid4

from domain.ballots import BallotInvitation
from domain.feedback import RESPONDENT_NAME
from domain.feedback_programs import policy
from domain.feedback_programs.enums import RaterGroup
from domain.feedback_programs.model import FeedbackProgram
from domain.kernel.aggregate import Part
from domain.kernel.fields import DERIVED, PERSONAL
from domain.kernel.identity import PersonId
from domain.kernel.todos import TaskKind


@dataclass(kw_only=True, eq=False)
class FeedbackProgramRater(BallotInvitation):
    """Says that somebody may rate; deleted when the ballots are counted.

    `rater_group` is the relationship as of the launch. The answers are shown together with those of
    `shown_as`. A rater without an account has a name in place of a person, and the hash of a link.
    """

    NAME = "feedback_program_rater"
    SEE = policy.SEE_RATER
    BOX = FeedbackProgram
    TASK = TaskKind.FEEDBACK_PROGRAM

    feedback_program_id: UUID
    person_id: PersonId | None = None
    respondent_name: Annotated[str | None, RESPONDENT_NAME, PERSONAL] = None
    link_hash: Annotated[str | None, DERIVED] = None
    rater_group: RaterGroup
    shown_as: RaterGroup
    closes_on: date
    batch: int = 0
    has_responded: bool = False
    ballot: str | None = None


@dataclass(kw_only=True, eq=False)
class FeedbackProgramResult(Part):
    """The figure of a group, about a question or about a competency.

    `mean` is the mean of places on the scale. `gap` is that less the rating of the person.
    """

    NAME = "feedback_program_result"
    SEE = policy.SEE_RESULT

    feedback_program_id: UUID
    position: int
    question_id: UUID | None = None
    competency_id: UUID | None = None
    rater_group: RaterGroup
    answer_count: int | None = None
    mean: Decimal
    gap: Decimal | None = None


@dataclass(kw_only=True, eq=False)
class FeedbackProgramAnswer(Part):
    """A single answer: with its author, or a text without one. Its id is random.

    An author without an account has an `author_name` in place of an `author_id`. Both are None in
    an anonymous program, and hidden unless `is_named`.
    """

    NAME = "feedback_program_answer"
    SEE = policy.SEE_RESULT
    GUARDED: ClassVar = {"author_id": policy.SEE_AUTHOR, "author_name": policy.SEE_AUTHOR}

    id: UUID = field(default_factory=uuid4)
    feedback_program_id: UUID
    question_id: UUID
    rater_group: RaterGroup
    is_named: bool
    author_id: PersonId | None = None
    author_name: Annotated[str | None, RESPONDENT_NAME, PERSONAL] = None
    rating: int | None = None
    text: Annotated[str | None, PERSONAL] = None
