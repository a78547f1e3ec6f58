"""Steps and conditions of a score rule: what each kind needs and takes, and their order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import to_camel_case
from domain.reviews.score_rules.enums import ReviewOutcome, ScoreConditionKind
from domain.reviews.scoring import ScoreMethod, ScoreQuantity, ScoreStepKind

Row = Mapping[str, Any]
VALUE_AT_LEAST, VALUE_BELOW, RATINGS, FACT_AT_LEAST, FACT_BELOW, FACT_HOLDS, FACT_FAILS = (
    ScoreConditionKind
)
EXCLUDE, REQUIRE, OVERRIDE, LEVEL = ScoreStepKind
OF_VALUE = {VALUE_AT_LEAST, VALUE_BELOW}
OF_FACT = {FACT_AT_LEAST, FACT_BELOW, FACT_HOLDS, FACT_FAILS}
OF_RATINGS = ("quantity", "number", "lowest", "highest", "is_critical", "section_key")
WITH_NUMBER = {ScoreQuantity.AT_LEAST, ScoreQuantity.AT_MOST}

STEP_NEEDS = {EXCLUDE: ("outcome",), OVERRIDE: ("level",), LEVEL: ("level",)}
STEP_TAKES = {
    "outcome": {EXCLUDE},
    "level": {OVERRIDE, LEVEL},
    "needs_narrative": {LEVEL},
    "needs_second_level": {LEVEL},
}
CONDITION_NEEDS = {
    **dict.fromkeys(OF_VALUE, ("value",)),
    **dict.fromkeys((FACT_AT_LEAST, FACT_BELOW), ("fact", "value")),
    **dict.fromkeys((FACT_HOLDS, FACT_FAILS), ("fact",)),
    RATINGS: ("quantity",),
}
CONDITION_TAKES = {
    "value": {*OF_VALUE, FACT_AT_LEAST, FACT_BELOW},
    "fact": OF_FACT,
    **{each: {RATINGS} for each in OF_RATINGS},
}


def find_step_conflicts(steps: Sequence[Row]) -> Iterator[Invalid]:
    """Yield what is wrong with steps, each at its field."""
    for index, each in enumerate(steps):
        path = ("steps", index)
        yield from _find_unfit(each, STEP_NEEDS, STEP_TAKES, *path)
        yield from _find_bad_conditions(each, *path, "conditions")
        if each.get("outcome") is ReviewOutcome.NOT_PASSED:
            message = "A rule comes to NOT_PASSED where a REQUIRE step fails. Use another outcome."
            yield Invalid(message, *path, "outcome")
    yield from _find_bad_order(steps)


def find_conflicts_of_method(method: ScoreMethod, steps: Sequence[Row]) -> Iterator[Invalid]:
    """Yield conditions about the value of a rule that computes none."""
    for path, condition in list_conditions(steps):
        if method is ScoreMethod.NONE and condition["kind"] in OF_VALUE:
            message = "With the method NONE there is no value. Choose another condition or method."
            yield Invalid(message, *path, "kind")


def find_unknown_levels(level_count: int, steps: Sequence[Row]) -> Iterator[Invalid]:
    """Yield levels that the scale of the rule does not have."""
    for index, each in enumerate(steps):
        if (each.get("level") or 0) > level_count:
            message = f"The level is a place on the scale of the rule, from 1 to {level_count}."
            yield Invalid(message, "steps", index, "level", code=Code.OUT_OF_RANGE)


def list_conditions(steps: Sequence[Row]) -> Iterator[tuple[tuple[str | int, ...], Row]]:
    """Yield the path and the values of each condition."""
    for place, step in enumerate(steps):
        for index, condition in enumerate(step.get("conditions") or ()):
            yield ("steps", place, "conditions", index), condition


def _find_unfit(
    row: Row, needs: Mapping[Any, Sequence[str]], takes: Mapping[str, Any], *path: str | int
) -> Iterator[Invalid]:
    """Yield what a row of its kind needs or does not take."""
    kind = row["kind"]
    for name in needs.get(kind, ()):
        if row.get(name) is None:
            message = f"{kind.name} needs it. Fill it in, or choose another kind."
            yield Invalid(message, *path, to_camel_case(name), code=Code.REQUIRED)
    for name, kinds in takes.items():
        if kind not in kinds and row.get(name) not in (None, False):
            message = f"{kind.name} does not take it. Leave it out."
            yield Invalid(message, *path, to_camel_case(name))


def _find_bad_conditions(step: Row, *path: str | int) -> Iterator[Invalid]:
    conditions = step.get("conditions") or ()
    if step["kind"] is not LEVEL and not conditions:
        message = "At least one condition is needed. Add one."
        yield Invalid(message, *path, code=Code.OUT_OF_RANGE)
    for index, each in enumerate(conditions):
        place = (*path, index)
        yield from _find_unfit(each, CONDITION_NEEDS, CONDITION_TAKES, *place)
        if each["kind"] is RATINGS:
            yield from _find_bad_range(each, *place)


def _find_bad_range(condition: Row, *path: str | int) -> Iterator[Invalid]:
    is_counted = condition.get("quantity") in WITH_NUMBER
    if is_counted and condition.get("number") is None:
        message = "AT_LEAST and AT_MOST need a number. Fill it in."
        yield Invalid(message, *path, "number", code=Code.REQUIRED)
    if not is_counted and condition.get("number") is not None:
        message = "Only AT_LEAST and AT_MOST take a number. Leave it out."
        yield Invalid(message, *path, "number")
    highest = condition.get("highest")
    if highest is not None and highest < (condition.get("lowest") or 1):
        message = "The highest level is below the lowest one. Correct one of them."
        yield Invalid(message, *path, "highest", code=Code.OUT_OF_RANGE)


def _find_bad_order(steps: Sequence[Row]) -> Iterator[Invalid]:
    """Yield steps in a wrong order, and that the last one does not give a level in any case."""
    order, lowest = list(ScoreStepKind), None
    for index, each in enumerate(steps):
        if index and order.index(each["kind"]) < order.index(steps[index - 1]["kind"]):
            message = "Steps stand in this order: EXCLUDE, REQUIRE, OVERRIDE, LEVEL. Change it."
            yield Invalid(message, "steps", index, "kind")
        level = each.get("level") if each["kind"] is LEVEL else None
        if level is not None and lowest is not None and level >= lowest:
            message = "LEVEL steps stand from the highest level to the lowest. Change their order."
            yield Invalid(message, "steps", index, "level", code=Code.OUT_OF_RANGE)
        lowest = level if level is not None else lowest
    known = {each.get("level") for each in steps if each["kind"] is LEVEL}
    for index, each in enumerate(steps):
        if each["kind"] is OVERRIDE and each.get("level") not in {None, *known}:
            message = "No LEVEL step has this level. Add one, or choose another level."
            yield Invalid(message, "steps", index, "level")
    last = steps[-1]
    if last["kind"] is not LEVEL or last.get("conditions"):
        message = (
            "The last step is a LEVEL without conditions, so that there always is one. Add it."
        )
        yield Invalid(message, "steps", len(steps) - 1, "conditions")
