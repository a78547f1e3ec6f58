"""The scheme of a score rule, which the evaluation reads."""

from collections.abc import Iterable

from domain.reviews.scales import RatingScale
from domain.reviews.score_rules.enums import ScoreConditionKind
from domain.reviews.score_rules.model import ScoreCondition, ScoreRule, ScoreStep
from domain.reviews.scoring import (
    Aggregation,
    AllOf,
    AtLeast,
    Condition,
    Counts,
    Exclusion,
    FactAtLeast,
    FactHolds,
    LevelRule,
    MissingRule,
    Not,
    Override,
    Rounding,
    Scheme,
    ScoreOutcome,
    ScoreStepKind,
    Selection,
    read_formula,
)


def build_scheme(rule: ScoreRule, scale: RatingScale, missing: MissingRule) -> Scheme:
    """Return how a rule scores. Levels have the labels of its scale."""
    labels = {each.position: each.label for each in scale.levels}

    def name(step: ScoreStep) -> str:
        assert step.level is not None, "A step that decides a level has one."
        return labels[step.level]

    exclude, require, override, level = (_select(rule, kind) for kind in ScoreStepKind)
    return Scheme(
        Aggregation(rule.method, rule.has_sections),
        tuple(
            LevelRule(
                name(each), build_conditions(each), each.needs_narrative, each.needs_second_level
            )
            for each in level
        ),
        Rounding(rule.decimals, rule.rounding, rule.rounds_before_levels),
        missing,
        tuple(
            Exclusion(AllOf(build_conditions(each)), ScoreOutcome(each.outcome or ""))
            for each in exclude
        ),
        tuple(AllOf(build_conditions(each)) for each in require),
        tuple(Override(AllOf(build_conditions(each)), name(each)) for each in override),
        None if rule.formula is None else read_formula(rule.formula),
    )


def build_conditions(step: ScoreStep) -> tuple[Condition, ...]:
    """Return the conditions of a step, which all have to hold."""
    return tuple(_build_condition(each) for each in step.conditions)


def _select(rule: ScoreRule, kind: ScoreStepKind) -> Iterable[ScoreStep]:
    return [each for each in rule.steps if each.kind is kind]


def _build_condition(condition: ScoreCondition) -> Condition:
    kinds, fact = ScoreConditionKind, condition.fact or ""
    if condition.quantity is not None:
        selection = Selection(condition.is_critical, condition.section_key)
        lowest, number = condition.lowest or 1, condition.number or 0
        return Counts(condition.quantity, selection, lowest, condition.highest, number)
    if condition.kind in (kinds.FACT_HOLDS, kinds.FACT_FAILS):
        return FactHolds(fact, is_true=condition.kind is kinds.FACT_HOLDS)
    assert condition.value is not None, "Other conditions have a value."
    found = FactAtLeast(fact, condition.value) if fact else AtLeast(condition.value)
    is_negated = condition.kind in (kinds.VALUE_BELOW, kinds.FACT_BELOW)
    return Not(found) if is_negated else found
