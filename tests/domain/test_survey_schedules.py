"""Schedules of surveys: what is made on which day, and the map of buckets of a question."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.ballots.figures import MIN_DISTRIBUTION, MIN_TEXT_RESPONDENTS
from domain.kernel.errors import Code, Invalid, LimitExceeded, Refusal, StateConflict
from domain.kernel.faults import list_faults
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.recurrences import RecurrenceStatus, RecurringTasks, SkipReason
from domain.surveys import SurveyBankQuestion, SurveyQuestionKind, SurveyResult, SurveySchedule
from domain.surveys.buckets import Buckets
from domain.surveys.counting import Ballot, count
from domain.surveys.records import SurveyComment, SurveyShare
from domain.surveys.recurring import build_survey
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import TENANT, an_actor, list_event_actions
from tests.factories.surveys import a_bank_question, a_schedule
from tests.factories.tenants import a_tenant

RATING, COMMENT = SurveyQuestionKind.RATING, SurveyQuestionKind.COMMENT
MONDAY = date(2025, 6, 16)
"""Today of an actor."""


class Maker:
    """Something that is made each day, unless it is refused."""

    def __init__(self, refusal: Refusal | None = None) -> None:
        self.days, self.refusal = list[date](), refusal
        permissions = frozenset({Permission.SURVEYS_MANAGE})
        self.tasks = RecurringTasks("surveys.recur", SurveySchedule, self.make, permissions)

    async def make(self, work: Work, schedule: SurveySchedule, day: date) -> None:  # noqa: ARG002
        if self.refusal:
            raise self.refusal
        self.days.append(day)

    async def run(self, schedule: SurveySchedule) -> FakeWork:
        work = FakeWork(an_actor(role="hr"), [schedule, a_tenant(TENANT)])
        handler = self.tasks.list_handlers()["surveys.recur"]
        await handler.run(work, schedule_id=str(schedule.id))
        return work


def a_weekly_schedule(starts_on: date = MONDAY) -> SurveySchedule:
    return a_schedule(TENANT, rule="FREQ=WEEKLY;BYDAY=MO", starts_on=starts_on)


@pytest.mark.anyio
async def test_what_is_due_is_made_once_however_often_the_task_runs() -> None:
    maker, schedule = Maker(), a_weekly_schedule()
    for _ in range(3):
        work = await maker.run(schedule)
    assert maker.days == [MONDAY]
    assert (schedule.last_occurred_on, schedule.recurs_on) == (MONDAY, date(2025, 6, 23))
    (task,) = work.tasks
    assert (task.key, str(task.not_before)) == (str(schedule.id), "2025-06-23 00:00:00+00:00")
    assert list_event_actions(schedule) == ["occurred"]


@pytest.mark.anyio
async def test_of_several_days_that_have_passed_the_last_one_is_made_up_for() -> None:
    maker, schedule = Maker(), a_weekly_schedule(date(2025, 5, 1))
    await maker.run(schedule)
    assert (maker.days, schedule.recurs_on) == ([MONDAY], date(2025, 6, 23))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (Invalid("Few."), SkipReason.TOO_FEW_PEOPLE),
        (LimitExceeded("Many."), SkipReason.LIMIT_EXCEEDED),
        (StateConflict("Open."), SkipReason.STILL_OPEN),
    ],
)
async def test_what_cannot_be_made_is_skipped_and_the_schedule_says_why(
    refusal: Refusal, reason: SkipReason
) -> None:
    schedule = a_weekly_schedule()
    work = await Maker(refusal).run(schedule)
    assert (schedule.skipped_on, schedule.skip_reason) == (MONDAY, reason)
    assert (schedule.last_occurred_on, schedule.recurs_on) == (None, date(2025, 6, 23))
    assert len(work.tasks) == 1


@pytest.mark.anyio
async def test_a_schedule_that_has_ended_makes_nothing() -> None:
    maker, schedule = Maker(), a_weekly_schedule()
    schedule.end()
    work = await maker.run(schedule)
    assert (maker.days, work.tasks, schedule.status) == ([], [], RecurrenceStatus.ENDED)


@pytest.mark.anyio
async def test_nothing_is_made_before_its_day() -> None:
    maker, schedule = Maker(), a_weekly_schedule(MONDAY + timedelta(days=1))
    work = await maker.run(schedule)
    assert (maker.days, schedule.recurs_on) == ([], date(2025, 6, 23))
    assert len(work.tasks) == 1


@pytest.mark.parametrize(
    ("details", "buckets"),
    [
        ({}, Buckets(6, 9)),
        ({"kind": RATING}, Buckets(2, 4)),
        ({"kind": RATING, "highest_rating": 3}, Buckets(1, 3)),
        ({"kind": RATING, "highest_rating": 4}, Buckets(1, 4)),
        ({"kind": RATING, "highest_rating": 10}, Buckets(2, 9)),
        ({"kind": RATING, "lowest_favorable": 5, "highest_unfavorable": 3}, Buckets(3, 5)),
        ({"kind": COMMENT}, (None, None)),
    ],
)
def test_a_question_states_its_map_of_buckets(details: Any, buckets: Any) -> None:
    question = a_bank_question(TENANT, **details)
    assert (question.highest_unfavorable, question.lowest_favorable) == tuple(buckets)


@pytest.mark.parametrize(
    ("details", "faults"),
    [
        ({"kind": SurveyQuestionKind.CHOICE}, [(Code.INVALID, "kind")]),
        ({"lowest_favorable": 8}, [(Code.INVALID, "lowestFavorable")]),
        ({"kind": RATING, "lowest_favorable": 6}, [(Code.OUT_OF_RANGE, "lowestFavorable")]),
        (
            {"kind": RATING, "lowest_favorable": 3, "highest_unfavorable": 3},
            [(Code.OUT_OF_RANGE, "highestUnfavorable")],
        ),
    ],
)
def test_a_wrong_map_of_buckets_is_refused(details: Any, faults: Any) -> None:
    with pytest.raises(Invalid) as refused:
        a_bank_question(TENANT, **details)
    assert [(each.code, each.field[0]) for each in list_faults(refused.value)] == faults


def count_answers(values: list[int], question: SurveyBankQuestion) -> list[Any]:
    """Return what is published of these answers to one question of a schedule."""
    schedule = a_schedule(TENANT, question, open_days=3)
    survey = build_survey(schedule, [question], MONDAY, MONDAY)
    survey.invited_count = 1_000
    assert (survey.schedule_id, survey.occurs_on, survey.closes_on) == (
        *(schedule.id, MONDAY, date(2025, 6, 18)),
    )
    (asked,) = survey.questions
    ballots = [Ballot(None, {asked.id: each}) for each in values]
    return count(survey, ballots, [None] * len(values), {})


def find_overall(published: list[Any]) -> SurveyResult:
    (result,) = (each for each in published if isinstance(each, SurveyResult))
    return result


def test_the_share_of_a_bucket_is_the_sum_of_the_published_shares() -> None:
    question = a_bank_question(TENANT, kind=RATING)
    published = count_answers([1] * 3 + [2] * 4 + [3] * 9 + [4] * 5 + [5] * 6, question)
    shares = {each.answer: each.share for each in published if isinstance(each, SurveyShare)}
    assert [str(shares[each]) for each in range(1, 6)] == ["0.1", "0.1", "0.3", "0.2", "0.2"]
    found = find_overall(published)
    assert found.unfavorable_share == shares[1] + shares[2] == Decimal("0.2")
    assert found.favorable_share == shares[4] + shares[5] == Decimal("0.4")
    assert (found.bank_question_id, found.occurs_on) == (question.id, MONDAY)


@pytest.mark.parametrize(("size", "highest"), [(10, "0.5"), (15, "0.8"), (25, "0.9")])
def test_no_share_of_a_bucket_says_that_all_answered_alike(size: int, highest: str) -> None:
    values = [9 + each % 2 for each in range(size)]
    found = find_overall(count_answers(values, a_bank_question(TENANT)))
    assert (found.unfavorable_share, found.favorable_share) == (Decimal(0), Decimal(highest))


def test_with_too_few_answers_there_is_no_share_of_a_bucket() -> None:
    found = find_overall(count_answers([9] * (MIN_DISTRIBUTION - 1), a_bank_question(TENANT)))
    assert (found.unfavorable_share, found.favorable_share) == (None, None)
    assert found.score == Decimal(50)


def test_comments_of_a_schedule_need_ten_respondents() -> None:
    told = a_bank_question(TENANT, kind=COMMENT, text="What should change?")
    for size in (MIN_TEXT_RESPONDENTS - 1, MIN_TEXT_RESPONDENTS):
        found = count_answers(["Lifts."] * size, told)  # type: ignore[list-item] - a text
        published = [each for each in found if isinstance(each, SurveyComment)]
        assert len(published) == (size if size >= MIN_TEXT_RESPONDENTS else 0)
