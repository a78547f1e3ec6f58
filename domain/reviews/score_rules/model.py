"""The aggregate of a score rule: steps that are asked in their order, each with conditions."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid, Refusal
from domain.kernel.fields import EDITABLE, ExactNumber, WholeNumber, key_rule
from domain.reviews import policy
from domain.reviews.directions import Directions, ReviewDirection
from domain.reviews.score_rules.enums import ReviewOutcome, ScoreConditionKind
from domain.reviews.score_rules.formulas import FORMULA
from domain.reviews.score_rules.steps import find_step_conflicts
from domain.reviews.scoring import (
    Component,
    ScoreMethod,
    ScoreQuantity,
    ScoreRounding,
    ScoreStepKind,
    read_formula,
)
from domain.revisions import Content, PartList, Revision

MAX_STEPS, MAX_CONDITIONS = 60, 20
LEVEL = WholeNumber("The level", 1, 30)
KEY_RULE = key_rule("The key")
INCLUDED = {ReviewDirection.SECOND_LEVEL, ReviewDirection.INTERIM}


def get_group(direction: ReviewDirection) -> ReviewDirection:
    """Return the direction with which the forms of a direction count."""
    is_interim = direction is ReviewDirection.INTERIM
    return ReviewDirection.MANAGER if is_interim else direction


@dataclass(frozen=True)
class ScoredDirections(Directions):
    """The directions whose ratings count: one or more, without those that count with others."""

    def check(self, value: Collection[str], *path: str | int) -> tuple[str, ...]:  # type: ignore[override]
        """Return the directions, each once. Raises Invalid and LimitExceeded."""
        directions = super().check(value, *path)
        if not directions:
            message = "At least one direction is needed. Add one."
            raise Invalid(message, *path, code=Code.OUT_OF_RANGE)
        if INCLUDED & {*directions}:
            message = (
                "SECOND_LEVEL and INTERIM count with the manager's ratings already. Leave them out."
            )
            raise Invalid(message, *path)
        return directions


@dataclass(kw_only=True, eq=False)
class ScoreRule(Revision, manage=policy.MANAGE):
    """How the ratings of a packet become a level of a scale, for periods that end late enough.

    The ratings are those of the forms of `directions`. The rule of a period is the newest revision
    whose `valid_from` is not after the last day of the period. With a formula, `method` and
    `has_sections` give the values of its components.
    """

    NAME = "score_rule"
    LABEL = "score rule"

    valid_from: Annotated[date, EDITABLE]
    scale_id: Annotated[UUID, EDITABLE]
    directions: Annotated[tuple[str, ...], ScoredDirections("A score rule"), EDITABLE] = (
        ReviewDirection.MANAGER.value,
    )
    method: Annotated[ScoreMethod, EDITABLE] = ScoreMethod.WEIGHTED_MEAN
    has_sections: Annotated[bool, EDITABLE] = False
    formula: Annotated[str | None, FORMULA, EDITABLE] = None
    decimals: Annotated[int, WholeNumber("The number of decimals", 0, 6), EDITABLE] = 2
    rounding: Annotated[ScoreRounding, EDITABLE] = ScoreRounding.HALF_UP
    rounds_before_levels: Annotated[bool, EDITABLE] = False
    steps: list["ScoreStep"] = field(default_factory=list)

    @classmethod
    def find_content_conflicts(cls, content: Content) -> Iterator[Refusal]:
        """Yield what is wrong with steps and their conditions."""
        yield from find_step_conflicts(content["steps"])

    def counts(self, direction: ReviewDirection) -> bool:
        """Return whether ratings of a direction count. An interim appraisal is a manager's."""
        return get_group(direction) in self.directions

    def list_conditions(self) -> Iterator["ScoreCondition"]:
        """Yield the conditions of all steps."""
        for each in self.steps:
            yield from each.conditions

    def list_components(self) -> list[Component]:
        """Return the components that the formula names; none without one."""
        return [] if self.formula is None else read_formula(self.formula).list_components()

    def asks_for(self, fact: str) -> bool:
        """Return whether some condition is about this fact."""
        return any(each.fact == fact for each in self.list_conditions())

    def find_level_step(self, level: int | None) -> "ScoreStep | None":
        """Return the step of a level; None where the rule does not mention it."""
        steps = (each for each in self.steps if each.kind is ScoreStepKind.LEVEL)
        return next((each for each in steps if each.level == level), None)


SEE_PART = InheritedFrom("rule_id", "score_rule", ScoreRule.SEE)


@dataclass(kw_only=True, eq=False)
class ScoreStep(Part):
    """A step of a score rule, which decides where all its conditions hold.

    `needs_narrative` and `needs_second_level` are what a decision for the level asks for.
    """

    NAME = "score_step"
    SEE = SEE_PART

    rule_id: UUID
    position: int
    kind: Annotated[ScoreStepKind, EDITABLE]
    level: Annotated[int | None, LEVEL, EDITABLE] = None
    outcome: Annotated[ReviewOutcome | None, EDITABLE] = None
    needs_narrative: Annotated[bool, EDITABLE] = False
    needs_second_level: Annotated[bool, EDITABLE] = False
    conditions: list["ScoreCondition"] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class ScoreCondition(Part):
    """A condition of a step. Which attributes it has depends on its kind."""

    NAME = "score_condition"
    SEE = SEE_PART

    rule_id: UUID
    step_id: UUID
    position: int
    kind: Annotated[ScoreConditionKind, EDITABLE]
    value: Annotated[Decimal | None, ExactNumber(), EDITABLE] = None
    fact: Annotated[str | None, KEY_RULE, EDITABLE] = None
    quantity: Annotated[ScoreQuantity | None, EDITABLE] = None
    number: Annotated[int | None, WholeNumber("The number", 0, 1_000), EDITABLE] = None
    lowest: Annotated[int | None, LEVEL, EDITABLE] = None
    highest: Annotated[int | None, LEVEL, EDITABLE] = None
    is_critical: Annotated[bool | None, EDITABLE] = None
    section_key: Annotated[str | None, KEY_RULE, EDITABLE] = None


CONDITIONS = PartList(
    ScoreCondition,
    "conditions",
    parent="step_id",
    document="rule_id",
    maximum=MAX_CONDITIONS,
    unique=(),
)
ScoreRule.LISTS = {
    "steps": PartList(
        ScoreStep,
        "steps",
        parent="rule_id",
        document="rule_id",
        minimum=1,
        maximum=MAX_STEPS,
        unique=(),
        lists={"conditions": CONDITIONS},
    )
}
