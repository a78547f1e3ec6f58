"""Review templates in the graph: sections of typed questions."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.reviews.competencies import Competency, CompetencyFramework
from api.reviews.directions import ReviewDirection
from api.reviews.scales import RatingScale
from api.revisions import declare_revision_verbs
from domain import reviews
from domain.kernel.unit_of_work import Work
from domain.reviews import templates
from domain.reviews.templates import (
    MAX_CAREER_GROUPS,
    MAX_CHOICES,
    MAX_QUESTIONS,
    MAX_SECTIONS,
    MAX_TEMPLATE_QUESTIONS,
    QuestionAudience,
    QuestionComparison,
    QuestionKind,
)
from domain.revisions import RevisionStatus
from persistence.reading.read_model import ROOT
from persistence.reviews import (
    REVIEW_CAREER_GROUP,
    REVIEW_CHOICE,
    REVIEW_QUESTION,
    REVIEW_SECTION,
    REVIEW_TEMPLATE,
)

if TYPE_CHECKING:
    from api.organizations import Organization

graph_enum(
    QuestionKind,
    "What an answer is. Each answer may have a text beside it.",
    text="A text.",
    rating="A level of a rating scale.",
    choice="One of the choices.",
    boolean="Yes or no.",
    number="A number.",
    competency="A level of a rating scale, for a competency of a framework.",
    goals="A text about the goals of the period, and a level where the question has a scale.",
    kpis="A text about the KPIs of the period, and a level where the question has a scale.",
)
graph_enum(
    QuestionAudience,
    "Who reads an answer, beside the one who writes it. Peers never read the answers of others.",
    reviewee="The reviewee after sharing, the manager, and HR. A rating by the manager may be shown"
    " in a calibration session.",
    manager="The manager and HR. The reviewee never. A rating by the manager may be shown in a"
    " calibration session.",
    hr_only="HR. Neither the reviewee nor the manager.",
)
graph_enum(
    QuestionComparison,
    "How an earlier answer is compared.",
    equals="It is this answer.",
    at_most="It is this number or less, or this level or a lower one.",
    at_least="It is this number or more, or this level or a higher one.",
)


@part(REVIEW_CAREER_GROUP)
class ReviewCareerGroup:
    """People in some positions, for whom parts of the form are meant. All conditions have to hold.

    Positions are those of the day that decides the population of a cycle, or of the launch where
    that is earlier; outside of a cycle, those of the day on which the packet is opened.
    """

    position: int = value("The place among the groups, from 1.")
    key: str = value("A short name for programs, which stays the same in later revisions.")
    name: str = value("The name.")
    job_titles: list[str] = value("The job titles, whatever their case. Empty means any.")
    levels: list[str] = value(
        "The levels of jobs, whatever their case. Empty means any. A career track is the list of"
        " its levels."
    )
    organization: "Organization | None" = one(
        "The unit in which the people work, or below which. Null when there is no such condition,"
        " or when the viewer may not see it."
    )
    has_reports: bool | None = value(
        "Whether the people have direct reports. Null when it makes no difference."
    )


@part(REVIEW_CHOICE)
class ReviewChoice:
    """An answer that can be chosen."""

    position: int = value("The place among the choices, from 1.")
    key: str = value("A short name for programs, which stays the same in later revisions.")
    label: str = value("What is shown.")


@part(REVIEW_QUESTION)
class ReviewQuestion:
    """A question of a review template."""

    position: int = value("The place in the section, from 1.")
    key: str = value(
        "A short name for programs, unique in the template. It stays the same in later revisions."
    )
    kind: QuestionKind = value("What an answer is.")
    text: str = value("The question.")
    help: str | None = value("What helps to answer. Null when there is no text.")
    audience: QuestionAudience = value(
        "Who reads the answer. Show it to those who write, before they write."
    )
    is_required: bool = value("Whether a review is submitted only with an answer.")
    is_critical: bool = value("Whether the question is critical, which score rules can ask for.")
    weight: int = value("The weight in the section. With 0 it does not count in a score.")
    scale: RatingScale | None = one(
        "The scale of the rating. Null when there is none, or when the viewer may not see it."
    )
    framework: CompetencyFramework | None = one(
        "The framework of the competency. Null for other kinds, or when the viewer may not see it."
    )
    competency: Competency | None = one(
        "The competency. Null for other kinds, or when the viewer may not see it."
    )
    competency_key: str | None = value("The key of the competency. Null for other kinds.")
    minimum: Decimal | None = value("The lowest number. Null when there is no limit.")
    maximum: Decimal | None = value("The highest number. Null when there is no limit.")
    decimals: int | None = value("How many decimals a number may have. Null means six.")
    condition_key: str | None = value(
        "The key of an earlier question: this question is asked only where the answer to that one"
        " fits. Null when it is always asked."
    )
    condition_comparison: QuestionComparison | None = value(
        "How the earlier answer is compared. Null when the question is always asked."
    )
    condition_value: str | None = value(
        "What the earlier answer is compared with: `true` or `false`, the key of a choice, a"
        " number, or the place of a level on its scale. Null when the question is always asked."
    )
    career_group_keys: list[str] = value(
        "The keys of the career groups for whom it is. Empty means for all. Its section has to be"
        " for the person, too."
    )
    choices: list[ReviewChoice] = list_of(
        f"The choices in their order, {MAX_CHOICES} at most. Empty for other kinds.", usual_size=4
    )


@part(REVIEW_SECTION)
class ReviewSection:
    """A section of a review template."""

    position: int = value("The place in the template, from 1.")
    key: str = value("A short name for programs, which stays the same in later revisions.")
    title: str = value("The title.")
    description: str | None = value("A longer text. Null when there is none.")
    weight: int = value("The weight in the template. With 0 it does not count in a score.")
    career_group_keys: list[str] = value(
        "The keys of the career groups for whom it is. Empty means for all."
    )
    questions: list[ReviewQuestion] = list_of(
        f"The questions in their order, {MAX_QUESTIONS} at most.", usual_size=5
    )


@node(
    REVIEW_TEMPLATE,
    where=(
        *("id", "name", "description", "status", "revision", "published_at"),
        *("created_at", "updated_at"),
    ),
    order_by=("name", "status", "revision", "created_at", "updated_at"),
)
class ReviewTemplate:
    """One revision of a template: the questions of a form. What uses a revision keeps it."""

    name: str = value("The name.")
    description: str | None = value("A longer description. Null when there is none.")
    revision: int = value("The number of the revision, from 1.")
    status: RevisionStatus = value("Where the revision stands.")
    published_at: datetime | None = value("When it was published. Null for a draft.")
    directions: list[ReviewDirection] = value(
        "For which writers it is meant. Empty means for all of them."
    )
    sections: list[ReviewSection] = list_of(
        f"The sections in their order, {MAX_SECTIONS} at most.", usual_size=4
    )
    career_groups: list[ReviewCareerGroup] = list_of(
        f"The groups for whom parts of the form are meant, {MAX_CAREER_GROUPS} at most. Usually"
        " none: everything is for everybody.",
        usual_size=1,
    )
    revisions: Connection["ReviewTemplate"] = many(
        "All revisions of this template that the viewer may see.", usual_size=3
    )


@input_type(one_of=True)
class ReviewTemplateBy:
    """Identifies a revision of a review template by exactly one of these."""

    id: UUID | None = input_field("The revision's id.")


@queries(ROOT)
class ReviewTemplateQueries:
    """Root fields of review templates."""

    review_template: ReviewTemplate | None = look_up(
        "A revision of a review template. Null when there is none, or when the viewer may not see"
        " it.",
        "ReviewTemplateBy",
        "How the revision is identified.",
    )
    review_templates: Connection[ReviewTemplate] = many(
        "All revisions of review templates that the viewer may see. Those in use are published."
    )


@input_type(creates=ReviewCareerGroup)
class ReviewCareerGroupInput:
    """People in some positions. At least one condition is needed, and all have to hold."""

    organization_id: UUID | None = input_field(
        "The unit in which the people work, or below which. Default: any.",
        id_prefix="org",
    )


@input_type(creates=ReviewChoice)
class ReviewChoiceInput:
    """An answer that can be chosen."""


@input_type(creates=ReviewQuestion)
class ReviewQuestionInput:
    """A question of a section."""

    scale_id: UUID | None = input_field(
        "The published scale of the rating. RATING and COMPETENCY need one, GOALS and KPIS may have"
        " one, other kinds take none.",
        id_prefix="ratingscale",
    )
    framework_id: UUID | None = input_field(
        "The published framework of the competency. Only COMPETENCY takes it, and needs it.",
        id_prefix="framework",
    )
    choices: list[ReviewChoiceInput] | None = input_field(
        f"The choices in their order. CHOICE needs 2 to {MAX_CHOICES}, other kinds take none.",
        max_items=MAX_CHOICES,
    )


@input_type(creates=ReviewSection)
class ReviewSectionInput:
    """A section of a review template."""

    questions: list[ReviewQuestionInput] | None = input_field(
        f"The questions in their order, at most {MAX_QUESTIONS}. Default: none.",
        max_items=MAX_QUESTIONS,
    )


ABOUT_SECTIONS = (
    f" 1 to {MAX_SECTIONS}, with {MAX_TEMPLATE_QUESTIONS} questions in all, whose keys are unique."
)


@input_type(creates=ReviewTemplate)
class ReviewTemplateCreateInput:
    """Input of `reviewTemplateCreate`."""

    directions: list[ReviewDirection] | None = input_field(
        "For which writers it is meant. Default: for all of them."
    )
    sections: list[ReviewSectionInput] = input_field(
        "The sections in their order." + ABOUT_SECTIONS, max_items=MAX_SECTIONS
    )
    career_groups: list[ReviewCareerGroupInput] | None = input_field(
        "The groups for whom parts of the form are meant. Default: none.",
        max_items=MAX_CAREER_GROUPS,
    )


@input_type(edits=ReviewTemplate)
class ReviewTemplateEditInput:
    """Input of `reviewTemplateEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the ReviewTemplate.", id_prefix="reviewtemplate")
    directions: strawberry.Maybe[list[ReviewDirection]] = input_field(
        "The complete new list of directions. Empty means for all of them."
    )
    sections: strawberry.Maybe[list[ReviewSectionInput]] = input_field(
        "The complete new list of sections." + ABOUT_SECTIONS, max_items=MAX_SECTIONS
    )
    career_groups: strawberry.Maybe[list[ReviewCareerGroupInput]] = input_field(
        "The complete new list of career groups.", max_items=MAX_CAREER_GROUPS
    )
    expected_version: int | None = expected_version_field()


@mutation(ReviewTemplate)
async def review_template_create(
    work: Work, input: ReviewTemplateCreateInput
) -> reviews.ReviewTemplate:
    """Create the first draft of a review template."""
    return await templates.create(
        work,
        {
            "sections": _list_sections(input.sections),
            "career_groups": _list_career_groups(input.career_groups or ()),
        },
        **given_values(input, reviews.ReviewTemplate),
    )


@mutation(ReviewTemplate)
async def review_template_edit(
    work: Work, input: ReviewTemplateEditInput
) -> reviews.ReviewTemplate:
    """Change a draft of a review template. To change a published one, revise it first."""
    content = dict[str, Any]()
    if input.sections:
        content["sections"] = _list_sections(input.sections.value)
    if input.career_groups:
        content["career_groups"] = _list_career_groups(input.career_groups.value)
    return await templates.edit(
        work,
        input.id,
        content,
        expected_version=input.expected_version,
        **given_values(input, reviews.ReviewTemplate),
    )


def _list_career_groups(groups: Sequence[ReviewCareerGroupInput]) -> list[dict[str, Any]]:
    return [given_values(each, templates.ReviewCareerGroup) for each in groups]


def _list_sections(sections: Sequence[ReviewSectionInput]) -> list[dict[str, Any]]:
    return [
        given_values(each, templates.ReviewSection)
        | {"questions": [_list_values(one) for one in each.questions or ()]}
        for each in sections
    ]


def _list_values(question: ReviewQuestionInput) -> dict[str, Any]:
    choices = [given_values(each, templates.ReviewChoice) for each in question.choices or ()]
    return given_values(question, templates.ReviewQuestion) | {"choices": choices}


declare_revision_verbs(ReviewTemplate, reviews.ReviewTemplate, "review template")
