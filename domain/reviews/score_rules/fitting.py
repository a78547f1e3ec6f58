"""Whether a score rule fits the forms that it is used with."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from domain.kernel.errors import Invalid
from domain.kernel.faults import raise_faults
from domain.kernel.unit_of_work import Work
from domain.reviews.directions import ReviewDirection
from domain.reviews.score_rules.enums import ScoreConditionKind
from domain.reviews.score_rules.model import ScoreCondition, ScoreRule
from domain.reviews.templates import (
    QuestionAudience,
    QuestionKind,
    ReviewQuestion,
    ReviewTemplate,
)
from domain.reviews.templates.questions import RATED

DAYS = "days"
"""The fact that is known without an answer: the days of work in the period."""

OF_NUMBERS = (ScoreConditionKind.FACT_AT_LEAST, ScoreConditionKind.FACT_BELOW)


async def check_fit(
    work: Work, rule: ScoreRule, forms: Iterable[tuple[ReviewDirection, UUID]]
) -> None:
    """Check that forms have what a rule asks for. Raises Invalid with all faults."""
    second = {id for direction, id in forms if direction is ReviewDirection.SECOND_LEVEL}
    feeding = {id for direction, id in forms if rule.counts(direction)}
    templates = await work.load_all(ReviewTemplate, sorted(feeding | second))
    raise_faults(_find_unfit(rule, templates, feeding))


def _find_unfit(
    rule: ScoreRule, templates: Sequence[ReviewTemplate], feeding: set[UUID]
) -> Iterator[Invalid]:
    questions = [
        one
        for each in templates
        for one in each.list_questions()
        if one.audience is not QuestionAudience.HR_ONLY
    ]
    if not any(one.template_id in feeding and _is_scored(one) for one in questions):
        names = ", ".join(each.upper() for each in rule.directions)
        message = (
            f"No form of {names} has a question that the score rule can count: one with a scale, a"
            " weight, and another audience than HR_ONLY. Add one, or choose another rule."
        )
        yield Invalid(message, "scoreRuleId")
    sections = {one.key for each in templates if each.id in feeding for one in each.sections}
    for condition in rule.list_conditions():
        if condition.section_key is not None and condition.section_key not in sections:
            yield _report(f"the section {condition.section_key}")
        if not _is_answered(condition, questions):
            yield _report(f"the fact {condition.fact}")


def _report(what: str) -> Invalid:
    message = (
        f"The score rule asks for {what}, and no form has it. Add it to a template, or choose"
        " another rule."
    )
    return Invalid(message, "scoreRuleId")


def _is_scored(question: ReviewQuestion) -> bool:
    return question.kind in RATED and question.scale_id is not None and question.weight > 0


def _is_answered(condition: ScoreCondition, questions: Iterable[ReviewQuestion]) -> bool:
    """Return whether some question answers the fact that a condition asks for."""
    is_number = condition.kind in OF_NUMBERS
    if condition.fact is None or (condition.fact == DAYS and is_number):
        return True
    kind = QuestionKind.NUMBER if is_number else QuestionKind.BOOLEAN
    return any(each.key == condition.fact and each.kind is kind for each in questions)
