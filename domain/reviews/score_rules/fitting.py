"""Whether a score rule fits the forms that it is used with."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from uuid import UUID

from domain.kernel.errors import Invalid
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.unit_of_work import Work
from domain.reviews.directions import ReviewDirection
from domain.reviews.score_rules.enums import ScoreConditionKind
from domain.reviews.score_rules.model import ScoreCondition, ScoreRule, get_group
from domain.reviews.scoring import Component, ComponentKind
from domain.reviews.templates import (
    QuestionAudience,
    QuestionKind,
    ReviewQuestion,
    ReviewTemplate,
)
from domain.reviews.templates.questions import RATED

DAYS = "days"
"""The fact that is known without an answer: the days of work in the period."""

HR_ONLY = QuestionAudience.HR_ONLY
OF_NUMBERS = (ScoreConditionKind.FACT_AT_LEAST, ScoreConditionKind.FACT_BELOW)


async def check_fit(
    work: Work, rule: ScoreRule, forms: Collection[tuple[ReviewDirection, UUID]]
) -> None:
    """Check that forms have what a rule asks for. Raises Invalid with all faults."""
    second = {id for direction, id in forms if direction is ReviewDirection.SECOND_LEVEL}
    feeding = {id for direction, id in forms if rule.counts(direction)}
    templates = await work.load_all(ReviewTemplate, sorted(feeding | second))
    faults = FaultCollector()
    with faults.collect():
        raise_faults(_find_unfit(rule, templates, feeding))
    with faults.collect():
        known = {*_list_components(rule, templates, forms)}
        missing = (each for each in rule.list_components() if each not in known)
        raise_faults(_report_component(each.name) for each in missing)
    faults.raise_all()


def _find_unfit(
    rule: ScoreRule, templates: Sequence[ReviewTemplate], feeding: set[UUID]
) -> Iterator[Invalid]:
    questions = [
        one for each in templates for one in each.list_questions() if one.audience is not HR_ONLY
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


def _list_components(
    rule: ScoreRule,
    templates: Iterable[ReviewTemplate],
    forms: Collection[tuple[ReviewDirection, UUID]],
) -> Iterator[Component]:
    """Yield the components that the forms have: those with a question that counts."""
    for template in templates:
        groups = {get_group(each) for each, id in forms if id == template.id and rule.counts(each)}
        for section in template.sections if groups else ():
            for each in section.questions:
                if section.weight and _is_scored(each) and each.audience is not HR_ONLY:
                    yield Component(ComponentKind.SECTION, section.key)
                    yield Component(ComponentKind.QUESTION, each.key)
                    yield from (Component(ComponentKind.DIRECTION, group) for group in groups)


def _report_component(name: str) -> Invalid:
    message = (
        f"The formula names {name}, and no form has a question that counts for it: one with a"
        " scale, a weight, and another audience than HR_ONLY. Add one, or choose another rule."
    )
    return Invalid(message, "scoreRuleId")


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
