"""The aggregate of a question of the bank, which schedules ask again and again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from domain.kernel.access import EVERYBODY
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Invalid
from domain.kernel.faults import raise_faults
from domain.kernel.fields import EDITABLE, SingleLine, WholeNumber, new_values
from domain.kernel.identity import TenantId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.unit_of_work import Work
from domain.surveys import policy
from domain.surveys.buckets import complete_buckets, find_bucket_faults
from domain.surveys.enums import SurveyBankQuestionStatus, SurveyQuestionKind
from domain.surveys.model import DEFAULT_SCALE, MAX_SCALE, MIN_SCALE

ACTIVE, RETIRED = SurveyBankQuestionStatus
LIFECYCLE = Lifecycle[SurveyBankQuestionStatus]({ACTIVE: frozenset({RETIRED})})
BUCKET = WholeNumber("The number", 1, MAX_SCALE)


@dataclass(kw_only=True, eq=False)
class SurveyBankQuestion(Aggregate):
    """A question that surveys ask again and again. It never changes, so its trend compares alike.

    `highest_unfavorable` and `lowest_favorable` are its map of buckets; None for a COMMENT.
    """

    NAME = "survey_bank_question"
    LABEL = "question"
    SEE = EVERYBODY
    SEE_HISTORY = policy.MANAGE_BANK
    KNOWN_FACTS = frozenset({"status"})
    CREATE: ClassVar = Action("create", policy.MANAGE_BANK)
    RETIRE: ClassVar = Action("retire", policy.MANAGE_BANK, ACTIVE)
    ACTIONS = (RETIRE,)
    EVENTS = ("created", "retired")
    SEARCH_ATTRIBUTES = ("text",)

    kind: Annotated[SurveyQuestionKind, EDITABLE]
    text: Annotated[str, SingleLine("The text", 500), EDITABLE]
    highest_rating: Annotated[
        int, WholeNumber("The highest rating", MIN_SCALE, MAX_SCALE), EDITABLE
    ] = DEFAULT_SCALE
    highest_unfavorable: Annotated[int | None, BUCKET, EDITABLE] = None
    lowest_favorable: Annotated[int | None, BUCKET, EDITABLE] = None
    status: SurveyBankQuestionStatus = ACTIVE

    @classmethod
    def create(cls, tenant_id: TenantId, **details: Any) -> "SurveyBankQuestion":
        """Return a new question. Raises Invalid with all faults."""
        values = new_values(cls, {"highest_rating": DEFAULT_SCALE, **details})
        raise_faults(cls.find_value_conflicts(values))
        question = cls(tenant_id=tenant_id, **complete_buckets(values))
        question.record_event("created")
        return question

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield a CHOICE, and buckets that do not fit the kind."""
        kind = values.get("kind")
        if kind is SurveyQuestionKind.CHOICE:
            message = "A CHOICE has no trend. Choose another kind, or launch a survey with it."
            yield Invalid(message, "kind")
        elif kind is not None:
            yield from find_bucket_faults(values)

    def retire(self) -> None:
        """Let no new schedule use it; those that do keep it. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, RETIRED)
        self.record_event("retired")


async def create_question(work: Work, **details: Any) -> SurveyBankQuestion:
    """Add a question to the bank. Raises NotPermitted, and Invalid with all faults."""
    tenant_id = work.actor.tenant_id
    example = SurveyBankQuestion(tenant_id=tenant_id, kind=SurveyQuestionKind.COMMENT, text="")
    await work.require(example, to=SurveyBankQuestion.CREATE)
    question = SurveyBankQuestion.create(tenant_id, **details)
    await work.add(question, to=SurveyBankQuestion.CREATE)
    return question
