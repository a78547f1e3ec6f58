"""The evaluation of a scheme for the items of a review."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from domain.reviews.scoring.aggregation import NO_DAYS
from domain.reviews.scoring.conditions import AllOf, Condition, Situation
from domain.reviews.scoring.formulas import Computed
from domain.reviews.scoring.items import Column, Item
from domain.reviews.scoring.rules import Scheme
from domain.reviews.scoring.score import Score, ScoreOutcome, ScoreStepKind, Step

EXCLUDE, REQUIRE, OVERRIDE, LEVEL = ScoreStepKind


def compute_score(
    scheme: Scheme,
    items: Sequence[Item],
    *,
    column: Column = Column.FINAL,
    facts: Mapping[str, Decimal | bool] | None = None,
    days: Mapping[str, Fraction] = NO_DAYS,
) -> Score:
    """Return the score of a review, from the ratings of one column.

    `days` are those that each form covers.
    """
    computed = _compute_value(scheme, items, column, days)
    term = computed.term
    situation = Situation(items, column, term.value if term else None, facts or {})
    score = Score(ScoreOutcome.LEVEL)
    for each in scheme.exclusions:
        score = _ask(score, EXCLUDE, each.condition, situation)
        if score.steps[-1].is_met:
            text = f"There is no level: {each.condition.describe()}."
            return replace(score, outcome=each.outcome, explain=(text,))
    if (missing := scheme.missing.find_block(items, column)) is not None:
        return replace(score, outcome=ScoreOutcome.BLOCKED, explain=(missing,))
    if not any(each.get_rating(column) for each in items):
        return replace(score, outcome=ScoreOutcome.NOT_RENDERED, explain=("Nothing is rated.",))
    if scheme.formula is not None and term is None:
        return replace(score, outcome=ScoreOutcome.BLOCKED, explain=computed.explain)
    score = _add_value(scheme, score, computed)
    for gate in scheme.gates:
        score = _ask(score, REQUIRE, gate, situation)
    failed = [each for each in score.steps if each.kind is REQUIRE and not each.is_met]
    if failed:
        reasons = tuple(f"Not met: {each.text}." for each in failed)
        explain = (*score.explain, *reasons)
        return replace(score, outcome=ScoreOutcome.NOT_PASSED, explain=explain)
    if score.value is not None and scheme.rounding.is_before_levels:
        situation = replace(situation, value=Fraction(score.value))
    return _find_level(scheme, situation, score)


def _compute_value(
    scheme: Scheme, items: Sequence[Item], column: Column, days: Mapping[str, Fraction]
) -> Computed:
    if scheme.formula is not None:
        return scheme.formula.compute(scheme.aggregation, items, column, days)
    return Computed(scheme.aggregation.compute(items, column, days), ())


def _find_level(scheme: Scheme, situation: Situation, score: Score) -> Score:
    """Return the score with the level that the first override or level rule gives."""
    for override in scheme.overrides:
        score = _ask(score, OVERRIDE, override.condition, situation, override.level)
        if score.steps[-1].is_met:
            reason = f"{override.level}, whatever the value: {score.steps[-1].text}."
            return _add_level(scheme, score, override.level, reason)
    sentences = list[str]()
    for each in scheme.levels:
        score = _ask(score, LEVEL, each.condition, situation, each.level)
        text = score.steps[-1].text
        if score.steps[-1].is_met:
            return _add_level(scheme, score, each.level, *sentences, f"{each.level}: {text}.")
        sentences.append(f"Not {each.level}: it needs {text}.")
    raise AssertionError("The last level has no conditions.")


def _ask(
    score: Score,
    kind: ScoreStepKind,
    condition: Condition,
    situation: Situation,
    level: str | None = None,
) -> Score:
    """Return the score with one more step."""
    failing = next(_list_failing(condition, situation), None)
    text = (failing or condition).describe()
    return replace(score, steps=(*score.steps, Step(kind, failing is None, text, level)))


def _list_failing(condition: Condition, situation: Situation) -> Iterator[Condition]:
    parts: Iterable[Condition] = (
        condition.conditions if isinstance(condition, AllOf) else (condition,)
    )
    return (each for each in parts if not each.holds(situation))


def _add_level(scheme: Scheme, score: Score, name: str, *sentences: str) -> Score:
    level = scheme.get_level(name)
    return replace(
        score,
        level=name,
        needs_narrative=level.needs_narrative,
        needs_second_level=level.needs_second_level,
        explain=(*score.explain, *sentences),
    )


def _add_value(scheme: Scheme, score: Score, computed: Computed) -> Score:
    """Return the score with its value, which is rounded here and nowhere else."""
    term = computed.term
    if term is None:
        return score
    value = scheme.rounding.apply(term.value)
    rounded = f", rounded from {term.value}" if term.value != Fraction(value) else ""
    sentence = f"The value is {value}{rounded}."
    return replace(
        score,
        exact=term.value,
        value=value,
        formula=f"{term.formula} = {value}{rounded}",
        explain=(sentence, *computed.explain),
    )
