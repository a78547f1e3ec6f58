"""The evaluation of a score rule for the items of a review."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from domain.reviews.scoring.conditions import Situation
from domain.reviews.scoring.items import Column, Item
from domain.reviews.scoring.rules import ScoreRule
from domain.reviews.scoring.score import Score, ScoreOutcome


def compute_score(
    rule: ScoreRule,
    items: Sequence[Item],
    *,
    column: Column = Column.FINAL,
    facts: Mapping[str, Decimal | bool] | None = None,
) -> Score:
    """Return the score of a review by a rule, from the ratings of one column."""
    exact = rule.aggregation.compute(items, column)
    situation = Situation(items, column, exact, facts or {})
    for exclusion in rule.exclusions:
        if exclusion.condition.holds(situation):
            return Score(exclusion.outcome, explain=(_explain(exclusion.condition.describe()),))
    if missing := rule.aggregation.list_missing(items, column):
        return Score(ScoreOutcome.BLOCKED, explain=(f"Not rated: {', '.join(missing)}.",))
    if not any(each.get_rating(column) for each in items):
        return Score(ScoreOutcome.NOT_RENDERED, explain=("Nothing is rated.",))
    value = None if exact is None else rule.rounding.apply(exact)
    stated = _state_value(exact, value)
    failed = [each.describe() for each in rule.gates if not each.holds(situation)]
    if failed:
        reasons = tuple(f"Not met: {each}." for each in failed)
        return Score(ScoreOutcome.NOT_PASSED, exact, value, explain=(*stated, *reasons))
    if value is not None and rule.rounding.is_before_levels:
        situation = replace(situation, value=Fraction(value))
    return _find_level(rule, situation, Score(ScoreOutcome.LEVEL, exact, value, explain=stated))


def _find_level(rule: ScoreRule, situation: Situation, score: Score) -> Score:
    """Return the score with the level that the first override or level rule gives."""
    for override in rule.overrides:
        if override.condition.holds(situation):
            reason = f"{override.level}, whatever the value: {override.condition.describe()}."
            return _add_level(rule, score, override.level, reason)
    steps = list[str]()
    for each in rule.levels:
        if each.condition.holds(situation):
            steps.append(f"{each.level}: {each.condition.describe()}.")
            return _add_level(rule, score, each.level, *steps)
        failing = (part for part in each.conditions if not part.holds(situation))
        steps.append(f"Not {each.level}: it needs {next(failing).describe()}.")
    raise AssertionError("The last level has no conditions.")


def _add_level(rule: ScoreRule, score: Score, name: str, *steps: str) -> Score:
    level = rule.get_level(name)
    return replace(
        score,
        level=name,
        needs_narrative=level.needs_narrative,
        needs_second_level=level.needs_second_level,
        explain=(*score.explain, *steps),
    )


def _state_value(exact: Fraction | None, value: Decimal | None) -> tuple[str, ...]:
    if exact is None:
        return ()
    is_rounded = exact != Fraction(value or 0)
    return (f"The value is {value}{f', rounded from {exact}' if is_rounded else ''}.",)


def _explain(text: str) -> str:
    return f"There is no level: {text}."
