"""Counting: ballots are opened in memory, and only coarse figures and comments are written."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from secrets import SystemRandom
from uuid import UUID, uuid4

from domain.ballots import Answers, figures
from domain.kernel.aggregate import Part
from domain.kernel.identity import OrganizationId
from domain.surveys.buckets import add_shares
from domain.surveys.cells import CellPlan
from domain.surveys.enums import SurveyQuestionKind, SurveyResultScope
from domain.surveys.model import Survey, SurveyQuestion
from domain.surveys.records import SurveyComment, SurveyResult, SurveyShare
from domain.surveys.responses import get_range

OVERALL, CELL = SurveyResultScope


@dataclass(frozen=True)
class Ballot:
    """An opened ballot, with the unit of the respondent at the launch."""

    organization_id: UUID | None
    answers: Answers


def count(
    survey: Survey,
    ballots: Sequence[Ballot],
    invited: Sequence[UUID | None],
    parents: Mapping[UUID, UUID | None],
) -> list[Part]:
    """Return what is published of these ballots, in random order.

    `invited` has the unit of each person invited, `parents` the parent of each unit. Cells that
    were planned at the launch stay as they are. A question with fewer answers than the threshold
    of the survey has no result.
    """
    plan = CellPlan(invited, parents, top=survey.organization_id, needed=survey.min_invited)
    published, respondents = list[Part](), count_responses(survey, ballots)
    for question in survey.questions:
        answers = [
            (each.organization_id, each.answers[question.id])
            for each in ballots
            if question.id in each.answers
        ]
        if question.kind is SurveyQuestionKind.COMMENT:
            published += _list_comments(survey, question, answers, respondents or 0)
        elif len(answers) >= survey.threshold:
            published += _build_results(survey, question, answers, plan)
    SystemRandom().shuffle(published)
    return published


def count_responses(survey: Survey, ballots: Sequence[Ballot]) -> int | None:
    """Return how many have answered, rounded down. None below the threshold."""
    count = len(ballots)
    if count < survey.threshold:
        return None
    return figures.round_count(count, survey.invited_count, survey.threshold)


def _list_comments(
    survey: Survey,
    question: SurveyQuestion,
    answers: Iterable[tuple[UUID | None, int | str]],
    respondents: int,
) -> Iterator[SurveyComment]:
    if respondents >= max(figures.MIN_TEXT_RESPONDENTS, survey.threshold):
        for _, text in answers:
            yield SurveyComment(
                tenant_id=survey.tenant_id,
                id=uuid4(),
                survey_id=survey.id,
                question_id=question.id,
                text=str(text),
            )


def _build_results(
    survey: Survey,
    question: SurveyQuestion,
    answers: Sequence[tuple[UUID | None, int | str]],
    plan: CellPlan,
) -> Iterator[Part]:
    """Yield the figures of all answers, and those of the cells unless there is only one."""
    numbers = [(unit, int(value)) for unit, value in answers]
    everyone = [value for _, value in numbers]
    yield from _build_result(survey, question, everyone, survey.invited_count)
    cells = plan.build(numbers, survey.threshold)
    if len(cells) > 1:
        sizes = plan.count_invited(cells)
        for unit, values in cells.items():
            id = None if unit is None else OrganizationId(unit)
            yield from _build_result(survey, question, values, sizes[unit], id, scope=CELL)


def _build_result(
    survey: Survey,
    question: SurveyQuestion,
    values: Sequence[int],
    invited_count: int,
    organization_id: OrganizationId | None = None,
    *,
    scope: SurveyResultScope = OVERALL,
) -> Iterator[Part]:
    known = figures.round_count(len(values), invited_count, survey.threshold)
    mean = score = None
    if question.kind is SurveyQuestionKind.RATING:
        mean = _to_decimal(figures.compute_mean(values, 1, question.highest_rating, known))
    elif question.kind is SurveyQuestionKind.RECOMMENDATION:
        score = _to_decimal(100 * figures.compute_score(values, known))
    result = SurveyResult(
        tenant_id=survey.tenant_id,
        survey_id=survey.id,
        question_id=question.id,
        scope=scope,
        organization_id=organization_id,
        schedule_id=survey.schedule_id,
        bank_question_id=question.bank_question_id,
        occurs_on=survey.occurs_on,
        answer_count=known,
        mean=mean,
        score=score,
    )
    counted, labels = Counter(values), _list_labels(question)
    computed = figures.compute_shares({each: counted[each] for each in labels}, known) or {}
    shares = {answer: _to_decimal(share) for answer, share in computed.items()}
    if shares and question.buckets is not None:
        limit = _to_decimal(figures.get_highest_share(known))
        added = add_shares(shares, question.buckets, limit)
        result.unfavorable_share, result.favorable_share = added
    yield result
    yield from _list_shares(result, labels, shares)


def _list_shares(
    result: SurveyResult, labels: Mapping[int, str], shares: Mapping[int, Decimal]
) -> Iterator[SurveyShare]:
    for answer, share in shares.items():
        yield SurveyShare(
            tenant_id=result.tenant_id,
            survey_id=result.survey_id,
            result_id=result.id,
            scope=result.scope,
            answer=answer,
            label=labels[answer],
            share=share,
        )


def _list_labels(question: SurveyQuestion) -> dict[int, str]:
    """Return the possible answers with their labels."""
    if question.kind is SurveyQuestionKind.CHOICE:
        return {each.position: each.label for each in question.choices}
    return {each: str(each) for each in get_range(question)}


def _to_decimal(value: Fraction) -> Decimal:
    """Return a multiple of a step, which has two decimals at most."""
    return Decimal(value.numerator) / Decimal(value.denominator)
