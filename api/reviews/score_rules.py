"""Score rules in the graph: how ratings become the level of a review."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
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
from api.reviews import score_enums  # noqa: F401 - declares the enums of scores
from api.reviews.directions import ReviewDirection
from api.reviews.scales import RatingScale
from api.revisions import declare_revision_verbs
from domain import reviews
from domain.kernel.unit_of_work import Work
from domain.reviews import score_rules
from domain.reviews.score_rules import (
    MAX_CONDITIONS,
    MAX_STEPS,
    ReviewOutcome,
    ScoreConditionKind,
)
from domain.reviews.scoring import ScoreMethod, ScoreQuantity, ScoreRounding, ScoreStepKind
from domain.revisions import RevisionStatus
from persistence.reading.read_model import ROOT
from persistence.reviews import SCORE_CONDITION, SCORE_RULE, SCORE_STEP

figure = value
"""The attribute `value` hides the function of that name in a class."""


@part(SCORE_CONDITION)
class ScoreCondition:
    """A condition of a step. Which fields it has depends on its kind."""

    position: int = figure("The place in the step, from 1.")
    kind: ScoreConditionKind = figure("What it is about.")
    value: Decimal | None = figure(
        "What the value or the fact is compared with. Null where the kind takes none."
    )
    fact: str | None = figure(
        "The key of a question that is answered with yes or no or with a number, or `days`: the"
        " days of work in the period. Null for other kinds."
    )
    quantity: ScoreQuantity | None = figure(
        "How many of the selected ratings have to lie in the range, for RATINGS. Null for other"
        " kinds."
    )
    number: int | None = figure("The number of AT_LEAST and AT_MOST. Null for others.")
    lowest: int | None = figure(
        "The lowest level of the range, as its place on the scale of the question. Null means 1."
    )
    highest: int | None = figure("The highest level of the range. Null means the highest there is.")
    is_critical: bool | None = figure(
        "True selects ratings of critical questions, false those of the others. Null selects all."
    )
    section_key: str | None = figure(
        "The key of the section whose ratings are selected. Null selects all sections."
    )


@part(SCORE_STEP)
class ScoreStep:
    """A step of a score rule. It has its effect where all its conditions hold."""

    position: int = value("The place in the rule, from 1.")
    kind: ScoreStepKind = value("What it does.")
    level: int | None = value(
        "The level of OVERRIDE and LEVEL, as its place on the scale of the rule. Null for others."
    )
    outcome: ReviewOutcome | None = value("The result of EXCLUDE. Null for other steps.")
    needs_narrative: bool = value("Whether a decision for this level needs a reason.")
    needs_second_level: bool = value(
        "Whether the second level has to approve a decision for this level."
    )
    conditions: list[ScoreCondition] = list_of(
        f"The conditions, which all have to hold, {MAX_CONDITIONS} at most.", usual_size=2
    )


@node(
    SCORE_RULE,
    where=(
        *("id", "name", "description", "status", "revision", "published_at", "valid_from"),
        *("created_at", "updated_at"),
    ),
    order_by=("name", "status", "revision", "valid_from", "created_at", "updated_at"),
)
class ScoreRule:
    """One revision of the rule by which the ratings of a review become a level.

    Its steps are checked in their order. What uses a revision keeps it. A score is a proposal: a
    person decides.
    """

    name: str = value("The name.")
    description: str | None = value("A longer description. Null when there is none.")
    revision: int = value("The number of the revision, from 1.")
    status: RevisionStatus = value("Where the revision stands.")
    published_at: datetime | None = value("When it was published. Null for a draft.")
    valid_from: date = value(
        "It is for periods that end on this day or later, until a later revision is valid."
    )
    scale: RatingScale | None = one(
        "The scale of the levels. Null when the viewer may not see it, which is never so for a"
        " published one."
    )
    directions: list[ReviewDirection] = value(
        "Whose ratings count. Each direction counts the same, however many forms it has. Answers"
        " for HR only never count."
    )
    method: ScoreMethod = value("How ratings become a value.")
    has_sections: bool = value(
        "Whether each section has a value first, and the value is their mean by the weights of"
        " sections. If not, the value comes from all questions together."
    )
    formula: str | None = value(
        "How the value comes from components, in the language of computed KPIs, such as"
        " `0.7 * section.results + 0.3 * section.values`. Components are `section.KEY`,"
        " `question.KEY`, and `direction.KEY` of the directions of the rule, such as"
        " `direction.manager`. Each has the value that its ratings alone come to by `method`. The"
        " functions are min, max, abs, if and coalesce. A component without ratings, or a division"
        " by zero, gives no value, and the outcome is BLOCKED; `coalesce` names what to take"
        " instead. Null means the value of all ratings together."
    )
    decimals: int = value("How many decimals the value has after its only rounding.")
    rounding: ScoreRounding = value("How the value is rounded.")
    rounds_before_levels: bool = value(
        "Whether the conditions of OVERRIDE and LEVEL compare the rounded value. If not, they"
        " compare the exact one."
    )
    steps: list[ScoreStep] = list_of(
        f"The steps in their order, {MAX_STEPS} at most. The first EXCLUDE that holds decides, then"
        " each REQUIRE has to hold, and the first OVERRIDE or LEVEL that holds gives the level.",
        usual_size=6,
    )
    revisions: Connection["ScoreRule"] = many(
        "All revisions of this rule that the viewer may see.", usual_size=3
    )


@input_type(one_of=True)
class ScoreRuleBy:
    """Identifies a revision of a score rule by exactly one of these."""

    id: UUID | None = input_field("The revision's id.")


@queries(ROOT)
class ScoreRuleQueries:
    """Root fields of score rules."""

    score_rule: ScoreRule | None = look_up(
        "A revision of a score rule. Null when there is none, or when the viewer may not see it.",
        "ScoreRuleBy",
        "How the revision is identified.",
    )
    score_rules: Connection[ScoreRule] = many(
        "All revisions of score rules that the viewer may see. Those in use are published."
    )


@input_type(creates=ScoreCondition)
class ScoreConditionInput:
    """A condition of a step. Each kind says what it takes; the other fields are left out."""


@input_type(creates=ScoreStep)
class ScoreStepInput:
    """A step of a score rule."""

    conditions: list[ScoreConditionInput] | None = input_field(
        f"The conditions, which all have to hold, at most {MAX_CONDITIONS}. Only a LEVEL may have"
        " none; then it always holds. Default: none.",
        max_items=MAX_CONDITIONS,
    )


ABOUT_STEPS = (
    f" 1 to {MAX_STEPS}, in the order EXCLUDE, REQUIRE, OVERRIDE, LEVEL. The LEVEL steps stand from"
    " the highest level to the lowest, and the last one has no conditions."
)


@input_type(creates=ScoreRule)
class ScoreRuleCreateInput:
    """Input of `scoreRuleCreate`."""

    scale_id: UUID = input_field("The published scale of the levels.", id_prefix="ratingscale")
    directions: list[ReviewDirection] | None = input_field(
        "Whose ratings count. INTERIM counts with MANAGER, and ratings of the SECOND_LEVEL take the"
        " place of the manager's, by themselves. Default: MANAGER.",
        max_items=len(ReviewDirection),
    )
    steps: list[ScoreStepInput] = input_field("The steps." + ABOUT_STEPS, max_items=MAX_STEPS)


@input_type(edits=ScoreRule)
class ScoreRuleEditInput:
    """Input of `scoreRuleEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the ScoreRule.", id_prefix="scorerule")
    scale_id: strawberry.Maybe[UUID] = input_field(
        "The published scale of the levels.", id_prefix="ratingscale"
    )
    directions: strawberry.Maybe[list[ReviewDirection]] = input_field(
        "The complete new list of directions, at least one.", max_items=len(ReviewDirection)
    )
    steps: strawberry.Maybe[list[ScoreStepInput]] = input_field(
        "The complete new list of steps." + ABOUT_STEPS, max_items=MAX_STEPS
    )
    expected_version: int | None = expected_version_field()


@mutation(ScoreRule)
async def score_rule_create(work: Work, input: ScoreRuleCreateInput) -> reviews.ScoreRule:
    """Create the first draft of a score rule."""
    return await score_rules.create(
        work, {"steps": _list_steps(input.steps)}, **given_values(input, reviews.ScoreRule)
    )


@mutation(ScoreRule)
async def score_rule_edit(work: Work, input: ScoreRuleEditInput) -> reviews.ScoreRule:
    """Change a draft of a score rule. To change a published one, revise it first."""
    return await score_rules.edit(
        work,
        input.id,
        {"steps": _list_steps(input.steps.value)} if input.steps else {},
        expected_version=input.expected_version,
        **given_values(input, reviews.ScoreRule),
    )


def _list_steps(steps: Sequence[ScoreStepInput]) -> list[dict[str, Any]]:
    return [
        given_values(each, score_rules.ScoreStep) | {"conditions": _list_conditions(each)}
        for each in steps
    ]


def _list_conditions(step: ScoreStepInput) -> list[dict[str, Any]]:
    return [given_values(each, score_rules.ScoreCondition) for each in step.conditions or ()]


declare_revision_verbs(ScoreRule, reviews.ScoreRule, "score rule")
