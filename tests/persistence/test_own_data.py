"""The statements that count people for KPIs, with exact figures."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from domain.goals import CheckIn, Confidence, Goal, GoalStatus, Visibility
from domain.kernel.identity import OrganizationId, PersonId, TenantId
from domain.kpis import KpiFrequency
from domain.kpis.calendar import Period, PeriodCalendar
from domain.kpis.own_data.measures import KpiMeasure
from domain.kpis.own_data.tasks import MEASURE
from domain.organizations import Organization
from domain.people import Employment, EmploymentType, Person
from domain.people.jobs import find_job
from domain.reviews import ReviewPacket
from domain.reviews.packets import ReviewPacketStatus
from domain.teams import Team
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.actors import NOW, TODAY, an_admin
from tests.factories.goals import a_goal, add_key_result
from tests.factories.organizations import an_organization
from tests.factories.reviews import a_packet
from tests.factories.teams import a_team, add_membership

pytestmark = pytest.mark.anyio

ZERO, ONE_DAY = Decimal(0), timedelta(days=1)
CALENDAR = PeriodCalendar()
START, END = KpiMeasure.HEADCOUNT_START, KpiMeasure.HEADCOUNT_END
MEAN, DAILY = KpiMeasure.HEADCOUNT_AVERAGE, KpiMeasure.HEADCOUNT_DAILY_AVERAGE
JOINERS, LEAVERS = KpiMeasure.JOINERS, KpiMeasure.LEAVERS


def hire(unit: Organization, hired_on: date, left_on: date | None = None, **facts: Any) -> Person:
    person = Person.hire(
        unit.tenant_id,
        given_name="Mara",
        hired_on=hired_on,
        organization_id=OrganizationId(unit.id),
        **facts,
    )
    if left_on is not None:
        person.depart(left_on)
    return person


class Counting:
    """A unit or a team whose people are counted, but for those of some units."""

    def __init__(self, work: OpenWork, scope: Organization | Team, *without: Organization) -> None:
        self.work, self.scope, self.without = work, scope, without
        self.rows = list[Any]()

    async def count(
        self,
        measure: KpiMeasure,
        frequency: KpiFrequency = KpiFrequency.MONTHLY,
        first: date = date(2026, 1, 1),
        last: date = date(2026, 5, 1),
    ) -> list[tuple[Decimal, int]]:
        """Return the value of each period, and how many people it is about."""
        periods = CALENDAR.list_between(frequency, first, last)
        async with self.work(an_admin(self.scope.tenant_id)) as open:
            rows = await open.run_statement(
                f"{MEASURE} {measure} {self.scope.NAME}",
                measure=measure,
                scope_id=self.scope.id,
                excluded_ids=[each.id for each in self.without],
                today=TODAY,
                ordinals=[each.ordinal for each in periods],
                first_days=[each.starts_on for each in periods],
                last_days=[min(each.last_day, TODAY) for each in periods],
            )
        self.rows = [*rows]
        assert [each[0] for each in rows] == [each.ordinal for each in periods]
        return [(above / (below or 1), people) for _, above, below, people, *_ in rows]

    async def list_values(self, measure: KpiMeasure, **more: Any) -> list[Decimal]:
        return [value for value, _ in await self.count(measure, **more)]


async def test_each_person_counts_once_on_the_days_of_their_jobs(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    """Months from January to May 2026, in a company and in one of its units."""
    company = an_organization(tenant_id)
    unit = an_organization(tenant_id, "NORTH", company)
    early = date(2025, 1, 1)
    people = [hire(unit, early) for _ in range(3)]
    away, moved, rehired, staying, joined, *_ = (hire(unit, early) for _ in range(5))
    away.start_leave(date(2026, 2, 1))
    to_company = {"organization_id": OrganizationId(company.id)}
    moved.change_job(date(2026, 3, 10), to_company, today=TODAY, at=NOW)
    rehired.depart(date(2026, 3, 1))
    rehired.rehire(date(2026, 4, 15), today=TODAY)
    staying.depart(date(2026, 4, 1))
    staying.rehire(date(2026, 4, 1), today=TODAY)
    joined.correct_employment(
        joined.latest_employment, (date(2026, 2, 10), None), "Late.", today=TODAY, at=NOW
    )
    last_of_march = hire(unit, early, date(2026, 4, 1))
    planned = hire(unit, early, TODAY + timedelta(days=9))
    never_came = hire(unit, date(2026, 3, 3), date(2026, 3, 3))
    agency = hire(unit, early, employment_type=EmploymentType.AGENCY)
    elsewhere = hire(an_organization(tenant_id, "OTHER"), early)
    team = a_team(unit)
    add_membership(moved, team, starts_on=early)
    add_membership(agency, team, starts_on=early)
    add_membership(rehired, team, starts_on=date(2026, 2, 1), ends_on=date(2026, 5, 1))
    await keep(
        *(company, unit, *people, away, moved, rehired, staying, joined, last_of_march),
        *(planned, never_came, agency, team),
    )

    of_company, of_unit = Counting(work, company), Counting(work, unit)
    assert await of_company.list_values(END) == [9, 10, 9, 9, 9]
    assert await of_company.list_values(START) == [9, 9, 10, 9, 9]
    assert await of_company.list_values(JOINERS) == [0, 1, 0, 1, 0]
    found = await of_company.count(LEAVERS)
    assert [(int(value), people) for value, people in found] == [
        *((0, 9), (1, 10), (1, 10), (0, 9), (0, 9)),
    ]
    assert await of_unit.list_values(END) == [9, 10, 8, 8, 8]
    assert await of_unit.list_values(JOINERS) == [0, 1, 0, 1, 0]
    assert await of_unit.list_values(LEAVERS) == [0, 1, 1, 0, 0]
    assert await Counting(work, team).list_values(END) == [1, 2, 1, 2, 1]
    assert elsewhere.organization_id != unit.id


def occupy(unit: Organization, hired_on: date, *departures: date) -> Iterator[Person]:
    """Yield people who hold one position after another, each from the day the last one left."""
    for left_on in departures:
        yield hire(unit, hired_on, left_on)
        hired_on = left_on
    yield hire(unit, hired_on)


def counts_on(person: Person, day: date, unit_ids: set[Any]) -> bool:
    """Return whether a person counts in units on a day, by the rules alone."""
    job = find_job(person.jobs, day)
    is_employed = any(each.period.covers(day) for each in person.employments)
    is_own = job is not None and job.employment_type is not EmploymentType.CONTRACTOR
    return is_employed and is_own and job is not None and job.organization_id in unit_ids


def list_worked(person: Person) -> list[Employment]:
    """Return the employments with at least one day."""
    return [each for each in person.employments if each.hired_on != each.left_on]


def count_naively(
    people: list[Person], measure: KpiMeasure, period: Period, unit_ids: set[Any]
) -> Fraction:
    """Count day by day and person by person."""
    last = min(period.last_day, TODAY)
    days = [period.starts_on + ONE_DAY * each for each in range((last - period.starts_on).days + 1)]

    def headcount(day: date) -> int:
        return sum(counts_on(each, day, unit_ids) for each in people)

    def count_events(name: str, other: str, shift: int) -> int:
        return sum(
            (day := getattr(each, name)) is not None
            and day + ONE_DAY * shift in days
            and day <= TODAY
            and all(getattr(one, other) != day for one in list_worked(person) if one is not each)
            and counts_on(person, day + ONE_DAY * shift, unit_ids)
            for person in people
            for each in list_worked(person)
        )

    rules = {
        START: lambda: headcount(period.starts_on - ONE_DAY),
        END: lambda: headcount(last),
        MEAN: lambda: Fraction(headcount(period.starts_on - ONE_DAY) + headcount(last), 2),
        DAILY: lambda: Fraction(sum(map(headcount, days)), len(days)),
        JOINERS: lambda: count_events("hired_on", "left_on", 0),
        LEAVERS: lambda: count_events("left_on", "hired_on", -1),
    }
    return Fraction(rules[measure]())


def draw_person(random: Random, units: list[Organization]) -> Person:
    """Draw somebody who may move, leave, come back and change the kind of contract."""
    start = date(2025, 9, 1)
    kinds = [None, None, EmploymentType.PERMANENT, EmploymentType.CONTRACTOR]
    hired_on = start + ONE_DAY * random.randrange(200)
    person = hire(random.choice(units), hired_on, employment_type=random.choice(kinds))
    for _ in range(random.randrange(4)):
        day = hired_on + ONE_DAY * random.randrange(1, 150)
        facts: dict[str, Any] = {"organization_id": OrganizationId(random.choice(units).id)}
        if random.randrange(2):
            facts["employment_type"] = random.choice(kinds)
        if all(each.starts_on != day for each in person.jobs):
            person.change_job(day, facts, today=TODAY, at=NOW)
    if random.randrange(2):
        person.depart(hired_on + ONE_DAY * random.choice([0, 31, 60, 90, 170]))
        if person.has_left(TODAY) and random.randrange(2):
            assert person.left_on is not None
            person.rehire(person.left_on + ONE_DAY * random.choice([0, 1, 30]), today=TODAY)
    return person


async def test_the_statement_counts_as_one_counts_day_by_day(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    random = Random(7)
    company = an_organization(tenant_id)
    unit = an_organization(tenant_id, "NORTH", company)
    units = [company, unit, an_organization(tenant_id, "OTHER")]
    people = [draw_person(random, units) for _ in range(40)]
    await keep(*units, *people)
    months = CALENDAR.list_between(KpiFrequency.MONTHLY, date(2025, 8, 1), TODAY)
    both = {company.id, unit.id}
    for scope, without, ids in (
        *((company, (), both), (unit, (), {unit.id})),
        (company, (unit,), {company.id}),
    ):
        counting = Counting(work, scope, *without)
        for measure in (START, END, MEAN, DAILY, JOINERS, LEAVERS):
            found = await counting.list_values(measure, first=date(2025, 8, 1), last=TODAY)
            expected = [count_naively(people, measure, each, ids) for each in months]
            assert [round(each, 9) for each in found] == [
                round(Decimal(each.numerator) / each.denominator, 9) for each in expected
            ], (measure, scope.code, without)


async def test_the_figures_of_the_worked_example(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    """100 people until 1 December, then 200; 2 leavers a month. See the variants of turnover."""
    company = an_organization(tenant_id)
    months = [date(2025, each, 15) for each in range(1, 13)]
    people = [each for _ in range(2) for each in occupy(company, date(2024, 1, 1), *months)]
    people += [hire(company, date(2024, 1, 1)) for _ in range(98)]
    people += [hire(company, date(2025, 12, 1)) for _ in range(100)]
    await keep(company, *people)
    counting = Counting(work, company)
    year = {"first": date(2025, 1, 1), "last": date(2025, 12, 31)}

    async def of_year(measure: KpiMeasure) -> Decimal:
        (value,) = await counting.list_values(measure, frequency=KpiFrequency.ANNUAL, **year)
        return value

    leavers = await of_year(LEAVERS)
    assert [await of_year(each) for each in (START, END, LEAVERS, JOINERS)] == [100, 200, 24, 124]
    assert await of_year(DAILY) == Decimal(39_600) / 365
    assert leavers / await of_year(MEAN) == Decimal("0.16")
    of_months = await counting.list_values(MEAN, **year)
    assert of_months == [100] * 11 + [150]
    assert await counting.list_values(LEAVERS, **year) == [2] * 12
    ends = await counting.list_values(END, first=date(2024, 12, 1), last=date(2025, 12, 1))
    assert ends == [100] * 12 + [200]
    rates = {
        "daily": leavers / await of_year(DAILY),
        "months": leavers / (sum(of_months, ZERO) / 12),
        "thirteen ends": leavers / (sum(ends, ZERO) / 13),
        "SHRM": sum((2 / each for each in of_months), ZERO),
    }
    assert {name: round(rate, 3) for name, rate in rates.items()} == {
        "daily": Decimal("0.221"),
        "months": Decimal("0.230"),
        "thirteen ends": Decimal("0.223"),
        "SHRM": Decimal("0.233"),
    }


def a_due_goal(owner: Person | Team | Organization, due_on: date, *, target: str = "10") -> Goal:
    goal = a_goal(owner)
    goal.due_on = due_on
    add_key_result(goal, target=target)
    return goal


def report(goal: Goal, author: Person, value: str, day: date, **more: Any) -> CheckIn:
    """Check in on a day, with the value of the key result."""
    check_in = CheckIn(
        tenant_id=goal.tenant_id,
        goal_id=goal.id,
        author_id=PersonId(author.id),
        confidence=Confidence.ON_TRACK,
        effective_on=day,
        first_recorded_at=NOW,
        recorded_at=NOW,
        **more,
    )
    check_in.add_value(goal.key_results[0].id, Decimal(value))
    goal.check_ins.append(check_in)
    return check_in


async def test_goals_count_when_they_are_due_by_what_was_reported_until_then(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    """Months from January to May 2026, in a company and in one of its units."""
    company = an_organization(tenant_id)
    unit = an_organization(tenant_id, "NORTH", company)
    ann, ben, cleo = (hire(unit, date(2025, 1, 1)) for _ in range(3))
    ben.change_job(
        date(2026, 4, 1), {"organization_id": OrganizationId(company.id)}, today=TODAY, at=NOW
    )
    team = a_team(unit)
    add_membership(cleo, team, starts_on=date(2026, 4, 1))
    march, april = date(2026, 3, 31), date(2026, 4, 30)
    goals = {
        "ann": a_due_goal(ann, march),
        "ben": a_due_goal(ben, april),
        "cleo": a_due_goal(cleo, march),
        "team": a_due_goal(team, april),
        "unit": a_due_goal(unit, april),
        "bare": a_goal(cleo, status=GoalStatus.ACHIEVED),
        "open": a_goal(cleo),
        "dropped": a_due_goal(cleo, march),
        "private": a_due_goal(ben, april),
    }
    goals["bare"].due_on = goals["open"].due_on = april
    goals["dropped"].status = GoalStatus.ABANDONED
    goals["private"].visibility = Visibility.PRIVATE
    wrong = report(goals["ann"], ann, "9", date(2026, 3, 2))
    later = {"corrects_id": wrong.id, "reason": "A typing error."}
    report(goals["ann"], ann, "4", date(2026, 3, 2), **later)
    report(goals["ann"], ann, "10", date(2026, 4, 2))
    report(goals["ben"], ann, "25", date(2026, 4, 30))
    report(goals["unit"], ann, "5", date(2026, 2, 14))
    await keep(company, unit, ann, ben, cleo, team, *goals.values())

    of_company, of_unit = Counting(work, company), Counting(work, unit)
    attained = [(0, 0), (0, 0), (Decimal("0.2"), 2), (Decimal("0.625"), 2), (0, 0)]
    assert await of_company.count(KpiMeasure.GOAL_ATTAINMENT) == attained
    assert (await of_unit.count(KpiMeasure.GOAL_ATTAINMENT))[3] == (Decimal("0.5"), 1)
    assert (await Counting(work, team).count(KpiMeasure.GOAL_ATTAINMENT))[3] == (
        *(Decimal("0.5"), 1),
    )
    rest = Counting(work, company, unit)
    assert (await rest.count(KpiMeasure.GOAL_ATTAINMENT))[2:4] == [(0, 0), (1, 1)]
    disciplined = await of_company.count(KpiMeasure.CHECK_IN_DISCIPLINE)
    assert [(round(value, 3), people) for value, people in disciplined] == [
        *((0, 3), (Decimal("0.143"), 3), (Decimal("0.143"), 3)),
        *((Decimal("0.2"), 2), (0, 0)),
    ]


async def test_reviews_count_when_they_are_due_for_the_unit_of_that_day(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    """Months from January to May 2026, in a company and in one of its units."""
    company = an_organization(tenant_id)
    unit = an_organization(tenant_id, "NORTH", company)
    ann, ben, cleo, boss = (hire(unit, date(2025, 1, 1)) for _ in range(4))
    ben.change_job(
        date(2026, 4, 1), {"organization_id": OrganizationId(company.id)}, today=TODAY, at=NOW
    )
    team = a_team(unit)
    add_membership(cleo, team, starts_on=date(2026, 4, 1))
    march, april = date(2026, 3, 31), date(2026, 4, 30)
    status = ReviewPacketStatus
    packets = [
        a_due_packet(ann, boss, march, shared_on=march),
        a_due_packet(ben, boss, march, shared_on=april),  # too late
        a_due_packet(cleo, boss, march, status.CANCELLED),
        a_due_packet(ann, boss, april),
        a_due_packet(ben, boss, april, shared_on=date(2026, 2, 2)),
        a_due_packet(cleo, boss, april, status.ACKNOWLEDGED, shared_on=april),
        a_due_packet(ann, boss, TODAY + ONE_DAY),
    ]
    await keep(company, unit, ann, ben, cleo, boss, team, *packets)

    half, measure = Decimal("0.5"), KpiMeasure.REVIEW_COMPLETION
    none = (ZERO, 0)
    of_company = await Counting(work, company).count(measure)
    assert of_company == [none, none, (half, 2), (Decimal(2) / 3, 3), none]
    assert await Counting(work, unit).count(measure) == [none, none, (half, 2), (half, 2), none]
    assert (await Counting(work, company, unit).count(measure))[2:4] == [none, (1, 1)]
    assert (await Counting(work, team).count(measure))[3] == (1, 1)


def a_due_packet(
    subject: Person,
    manager: Person,
    due_on: date,
    status: ReviewPacketStatus | None = None,
    shared_on: date | None = None,
) -> ReviewPacket:
    shared, open_ = ReviewPacketStatus.SHARED, ReviewPacketStatus.COLLECTING
    packet = a_packet(subject, manager, status or (shared if shared_on else open_))
    packet.due_on = due_on
    if shared_on is not None:
        packet.shared_at = datetime.combine(shared_on, time(23, 59), UTC)
    return packet
