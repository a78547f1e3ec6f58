"""The aggregate of a survey: its questions, and where it stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.ballots import BallotBox, build_lifecycle, compute_batch_size, compute_length
from domain.ballots.figures import MARGIN
from domain.kernel.actions import Action
from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import EDITABLE, MultiLine, SingleLine, WholeNumber, new_values
from domain.kernel.identity import OrganizationId, TenantId
from domain.revisions import PartList
from domain.revisions.parts import check_parts, set_parts
from domain.surveys import policy
from domain.surveys.buckets import Buckets
from domain.surveys.enums import SurveyAudience, SurveyQuestionKind, SurveyStatus
from domain.surveys.wording import explain

MIN_THRESHOLD, DEFAULT_THRESHOLD, MAX_THRESHOLD = 3, 5, 100
MAX_QUESTIONS, MAX_COMMENT_QUESTIONS = 50, 5
MIN_CHOICES, MAX_CHOICES = 2, 20
DEFAULT_DAYS, MAX_DAYS = 14, 90
MIN_SCALE, DEFAULT_SCALE, MAX_SCALE = 3, 5, 10
COMMENT = MultiLine("The comment", 2_000)

OPEN = SurveyStatus.OPEN


@dataclass(kw_only=True, eq=False)
class Survey(BallotBox):
    """A survey. It never changes after its launch, so that nobody answers under other terms.

    `explanation` are the words that were shown to respondents.
    `public_key` seals the ballots, which all have `ballot_length` bytes. `response_count` is
    rounded down; None until the results are published, and with too few answers. `occurs_on` is the
    day of its schedule; both are None for a survey of its own.
    """

    NAME = "survey"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    SEE_HISTORY = policy.MANAGE
    KNOWN_FACTS = frozenset({"organization_id", "status"})
    LAUNCH: ClassVar = Action("launch", policy.MANAGE)
    RESPOND: ClassVar = Action("respond", policy.SEE, OPEN)
    WITHDRAW_RESPONSE: ClassVar = Action("withdraw_response", policy.SEE, OPEN)
    CLOSE: ClassVar = Action("close", policy.MANAGE, OPEN)
    CANCEL: ClassVar = Action("cancel", policy.MANAGE, OPEN)
    ACTIONS = (RESPOND, WITHDRAW_RESPONSE, CLOSE, CANCEL)
    EVENTS = ("launched", "closed", "published", "cancelled")
    SEARCH_ATTRIBUTES = ("title",)
    LISTS: ClassVar[Mapping[str, PartList]]
    STATUSES = SurveyStatus
    LIFECYCLE = build_lifecycle(SurveyStatus)

    title: Annotated[str, SingleLine("The title", max_length=200), EDITABLE]
    introduction: Annotated[str | None, MultiLine("The introduction", 4_000), EDITABLE] = None
    organization_id: OrganizationId | None = None
    closes_on: Annotated[date, EDITABLE]
    threshold: Annotated[
        int, WholeNumber("The threshold", MIN_THRESHOLD, MAX_THRESHOLD), EDITABLE
    ] = DEFAULT_THRESHOLD
    audience: Annotated[SurveyAudience, EDITABLE] = SurveyAudience.MANAGERS
    schedule_id: UUID | None = None
    occurs_on: date | None = None
    status: SurveyStatus = OPEN
    questions: list["SurveyQuestion"] = field(default_factory=list)
    explanation: str = ""
    invited_count: int = 0
    response_count: int | None = None
    public_key: str = ""
    ballot_length: int = 0

    @classmethod
    def launch(
        cls,
        tenant_id: TenantId,
        organization_id: OrganizationId | None,
        questions: Sequence[Mapping[str, Any]],
        *,
        today: date,
        **details: Any,
    ) -> "Survey":
        """Return a survey whose ballots have no key yet; by default it is open for 14 days.

        Raises Invalid and LimitExceeded.
        """
        details = {"closes_on": today + timedelta(days=DEFAULT_DAYS), **details}
        faults = FaultCollector()
        with faults.collect():
            values = new_values(cls, details)
            raise_faults(_find_day_faults(values["closes_on"], today))
        with faults.collect():
            checked = check_parts(cls.LISTS, {"questions": questions})
            raise_faults(_find_question_faults(checked["questions"]))
        faults.raise_all()
        survey = cls(tenant_id=tenant_id, organization_id=organization_id, **values)
        set_parts(survey, cls.LISTS, checked, survey)
        texts = [each.kind is SurveyQuestionKind.COMMENT for each in survey.questions]
        survey.ballot_length = compute_length([COMMENT.max_length * each for each in texts])
        survey.explanation = explain(survey.audience, survey.threshold)
        survey.record_event("launched")
        return survey

    @property
    def batch_size(self) -> int:
        """How many people share a batch of ballots."""
        return compute_batch_size(self.threshold)

    @property
    def min_invited(self) -> int:
        """How many have to be invited, so that nobody learns that all took part."""
        return self.threshold + MARGIN


@dataclass(kw_only=True, eq=False)
class SurveyQuestion(Part):
    """A question of a survey. `highest_rating` is that of a RATING; ratings begin with 1.

    One from the bank has the map of buckets that it has there.
    """

    NAME = "survey_question"
    SEE = policy.SEE_PART

    survey_id: UUID
    position: int
    kind: Annotated[SurveyQuestionKind, EDITABLE]
    text: Annotated[str, SingleLine("The text", 500), EDITABLE]
    is_required: Annotated[bool, EDITABLE] = False
    highest_rating: Annotated[
        int, WholeNumber("The highest rating", MIN_SCALE, MAX_SCALE), EDITABLE
    ] = DEFAULT_SCALE
    bank_question_id: UUID | None = None
    highest_unfavorable: int | None = None
    lowest_favorable: int | None = None
    choices: list["SurveyChoice"] = field(default_factory=list)

    @property
    def buckets(self) -> Buckets | None:
        """The map of buckets; None where the question has none."""
        if self.highest_unfavorable is None or self.lowest_favorable is None:
            return None
        return Buckets(self.highest_unfavorable, self.lowest_favorable)


@dataclass(kw_only=True, eq=False)
class SurveyChoice(Part):
    """A choice of a CHOICE."""

    NAME = "survey_choice"
    SEE = policy.SEE_PART

    survey_id: UUID
    question_id: UUID
    position: int
    label: Annotated[str, SingleLine("The label", 200), EDITABLE]


Survey.LISTS = {
    "questions": PartList(
        SurveyQuestion,
        "questions",
        parent="survey_id",
        document="survey_id",
        minimum=1,
        maximum=MAX_QUESTIONS,
        unique=("text",),
        lists={
            "choices": PartList(
                SurveyChoice,
                "choices",
                parent="question_id",
                document="survey_id",
                maximum=MAX_CHOICES,
                unique=("label",),
            )
        },
    )
}


def _find_day_faults(closes_on: date, today: date) -> Iterator[Invalid]:
    if not today <= closes_on <= today + timedelta(days=MAX_DAYS):
        message = f"Choose today or one of the next {MAX_DAYS} days."
        yield Invalid(message, "closesOn", code=Code.OUT_OF_RANGE)


def _find_question_faults(questions: Sequence[Mapping[str, Any]]) -> Iterator[Invalid]:
    """Yield choices where there should be none, missing ones, and too many questions for texts."""
    comments = 0
    for index, each in enumerate(questions):
        is_choice = each["kind"] is SurveyQuestionKind.CHOICE
        path = ("questions", index, "choices")
        if is_choice and len(each["choices"]) < MIN_CHOICES:
            yield Invalid("A CHOICE has at least two choices. Add some.", *path)
        if not is_choice and each["choices"]:
            yield Invalid("Only a CHOICE has choices. Remove them, or change the kind.", *path)
        is_comment = each["kind"] is SurveyQuestionKind.COMMENT
        comments += is_comment
        if is_comment and each["is_required"]:
            message = (
                "A COMMENT cannot be required: all comments are published, so their number would"
                " tell how many took part. Leave it out."
            )
            yield Invalid(message, "questions", index, "isRequired")
        if is_comment and comments > MAX_COMMENT_QUESTIONS:
            message = (
                f"A survey has at most {MAX_COMMENT_QUESTIONS} questions of the kind COMMENT."
                " Remove this one."
            )
            yield Invalid(message, "questions", index, "kind", code=Code.LIMIT_EXCEEDED)
