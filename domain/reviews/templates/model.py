"""The aggregate of a review template: sections of questions in their order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid, LimitExceeded, Refusal
from domain.kernel.fields import EDITABLE, ExactNumber, MultiLine, SingleLine, WholeNumber
from domain.kernel.identity import OrganizationId
from domain.kernel.labels import Labels
from domain.reviews import policy
from domain.reviews.directions import Directions
from domain.reviews.templates.career_groups import (
    KEY_RULE,
    MAX_CAREER_GROUPS,
    CareerGroupKeys,
    find_career_group_faults,
)
from domain.reviews.templates.questions import (
    QuestionAudience,
    QuestionComparison,
    QuestionKind,
    find_conflicts,
)
from domain.revisions import Content, PartList, Revision

MAX_SECTIONS, MAX_QUESTIONS, MAX_TEMPLATE_QUESTIONS, MAX_CHOICES = 30, 50, 200, 50
MAX_JOB_TITLES, MAX_LEVELS = 100, 50
WEIGHT = WholeNumber("The weight", 0, 100)


@dataclass(kw_only=True, eq=False)
class ReviewTemplate(Revision, manage=policy.MANAGE):
    """The form of a review. `directions` says for whom it is meant; empty means for all."""

    NAME = "review_template"
    LABEL = "review template"

    directions: Annotated[tuple[str, ...], Directions(), EDITABLE] = ()
    sections: list["ReviewSection"] = field(default_factory=list)
    career_groups: list["ReviewCareerGroup"] = field(default_factory=list)

    @classmethod
    def find_content_conflicts(cls, content: Content) -> Iterator[Refusal]:
        """Yield what is wrong between parts: keys, conditions, groups, and what a kind needs."""
        yield from find_career_group_faults(content)
        earlier = dict[str, Any]()
        for path, question in list_questions(content):
            if question["key"] in earlier:
                message = "Another question has this key. Choose a different one."
                yield Invalid(message, *path, "key", code=Code.NOT_UNIQUE)
            yield from find_conflicts(question, earlier, *path)
            earlier.setdefault(question["key"], question)
        if len(earlier) > MAX_TEMPLATE_QUESTIONS:
            message = f"A template has at most {MAX_TEMPLATE_QUESTIONS} questions. Remove some."
            yield LimitExceeded(message, "sections")

    def list_questions(self) -> Iterator["ReviewQuestion"]:
        """Yield the questions of all sections in their order."""
        for each in self.sections:
            yield from each.questions


def list_questions(content: Content) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the path and the values of each question, in their order."""
    for place, section in enumerate(content.get("sections", ())):
        for index, question in enumerate(section.get("questions") or ()):
            yield ("sections", place, "questions", index), question


SEE_PART = InheritedFrom("template_id", "review_template", ReviewTemplate.SEE)


@dataclass(kw_only=True, eq=False)
class ReviewCareerGroup(Part):
    """People in some positions, for whom parts of the form are meant.

    All conditions have to hold; an empty one always does. `has_reports` says whether people of the
    group have direct reports, None that it makes no difference.
    """

    NAME = "review_career_group"
    SEE = SEE_PART

    template_id: UUID
    position: int
    key: Annotated[str, KEY_RULE, EDITABLE]
    name: Annotated[str, SingleLine("The name", 100), EDITABLE]
    job_titles: Annotated[
        tuple[str, ...],
        Labels("A career group", "job titles", MAX_JOB_TITLES, "The job title", 200),
        EDITABLE,
    ] = ()
    levels: Annotated[
        tuple[str, ...], Labels("A career group", "levels", MAX_LEVELS, "The level"), EDITABLE
    ] = ()
    organization_id: Annotated[OrganizationId | None, EDITABLE] = None
    has_reports: Annotated[bool | None, EDITABLE] = None


@dataclass(kw_only=True, eq=False)
class ReviewSection(Part):
    """A section of a template. Its weight counts in the score, unless it is 0."""

    NAME = "review_section"
    SEE = SEE_PART

    template_id: UUID
    position: int
    key: Annotated[str, KEY_RULE, EDITABLE]
    title: Annotated[str, SingleLine("The title", 200), EDITABLE]
    description: Annotated[str | None, MultiLine("The description", 4_000), EDITABLE] = None
    weight: Annotated[int, WEIGHT, EDITABLE] = 1
    career_group_keys: Annotated[tuple[str, ...], CareerGroupKeys(), EDITABLE] = ()
    questions: list["ReviewQuestion"] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class ReviewQuestion(Part):
    """A question of a section. Its key stays the same in later revisions.

    With a condition it is asked only where the answer to an earlier question fits.
    """

    NAME = "review_question"
    SEE = SEE_PART

    template_id: UUID
    section_id: UUID
    position: int
    key: Annotated[str, KEY_RULE, EDITABLE]
    kind: Annotated[QuestionKind, EDITABLE]
    text: Annotated[str, MultiLine("The text", 1_000), EDITABLE]
    help: Annotated[str | None, MultiLine("The help", 4_000), EDITABLE] = None
    audience: Annotated[QuestionAudience, EDITABLE] = QuestionAudience.REVIEWEE
    is_required: Annotated[bool, EDITABLE] = True
    is_critical: Annotated[bool, EDITABLE] = False
    weight: Annotated[int, WEIGHT, EDITABLE] = 1
    scale_id: Annotated[UUID | None, EDITABLE] = None
    framework_id: Annotated[UUID | None, EDITABLE] = None
    competency_key: Annotated[str | None, KEY_RULE, EDITABLE] = None
    minimum: Annotated[Decimal | None, ExactNumber(), EDITABLE] = None
    maximum: Annotated[Decimal | None, ExactNumber(), EDITABLE] = None
    decimals: Annotated[int | None, WholeNumber("The number of decimals", 0, 6), EDITABLE] = None
    condition_key: Annotated[str | None, KEY_RULE, EDITABLE] = None
    condition_comparison: Annotated[QuestionComparison | None, EDITABLE] = None
    condition_value: Annotated[str | None, SingleLine("The value", 50), EDITABLE] = None
    career_group_keys: Annotated[tuple[str, ...], CareerGroupKeys(), EDITABLE] = ()
    choices: list["ReviewChoice"] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class ReviewChoice(Part):
    """An answer that can be chosen."""

    NAME = "review_choice"
    SEE = SEE_PART

    template_id: UUID
    question_id: UUID
    position: int
    key: Annotated[str, KEY_RULE, EDITABLE]
    label: Annotated[str, SingleLine("The label", 200), EDITABLE]


CHOICES = PartList(
    ReviewChoice,
    "choices",
    parent="question_id",
    document="template_id",
    maximum=MAX_CHOICES,
    unique=("key", "label"),
)
QUESTIONS = PartList(
    ReviewQuestion,
    "questions",
    parent="section_id",
    document="template_id",
    maximum=MAX_QUESTIONS,
    unique=(),
    lists={"choices": CHOICES},
)
ReviewTemplate.LISTS = {
    "sections": PartList(
        ReviewSection,
        "sections",
        parent="template_id",
        document="template_id",
        minimum=1,
        maximum=MAX_SECTIONS,
        unique=("key", "title"),
        lists={"questions": QUESTIONS},
    ),
    "career_groups": PartList(
        ReviewCareerGroup,
        "career groups",
        parent="template_id",
        document="template_id",
        maximum=MAX_CAREER_GROUPS,
        unique=("key", "name"),
    ),
}
