"""The plan of a review cycle: who takes part, what each has to write, and every conflict."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.kernel.identity import PersonId, TenantId
from domain.kernel.periods import Period
from domain.reviews.cycles import (
    ReviewConflictCode,
    ReviewCycle,
    ReviewPhaseKind,
    ReviewSelectionKind,
)
from domain.reviews.cycles.facts import PlanFacts
from domain.reviews.cycles.plan import ReviewCyclePlan
from domain.reviews.cycles.planning import build_plan
from domain.reviews.cycles.population import JobFacts, PersonFacts, count_days
from domain.reviews.directions import ReviewDirection

TENANT, TEMPLATE = TenantId(UUID(int=100)), UUID(int=200)
SALES, ABROAD = UUID(int=300), UUID(int=301)
CHIEF, LEAD, ANA, BEN = (UUID(int=each) for each in range(1, 5))
HIRED = Period(date(2020, 1, 1))
SELF_PHASE, MANAGER_PHASE = (
    {"kind": kind, "starts_on": date(2026, month, 1), "last_day": date(2026, month, 15)}
    for kind, month in ((ReviewPhaseKind.SELF, 7), (ReviewPhaseKind.MANAGER, 8))
)


def a_cycle(
    *directions: ReviewDirection, phases: Any = (SELF_PHASE, MANAGER_PHASE), **details: Any
) -> ReviewCycle:
    """Build a cycle over the first half of 2026; the chief is excluded."""
    selections = [(ReviewSelectionKind.EXCLUDED, CHIEF), *details.pop("selections", ())]
    content = {
        "directions": [
            {"direction": each, "template_id": TEMPLATE}
            for each in directions or (ReviewDirection.SELF, ReviewDirection.MANAGER)
        ],
        "phases": phases,
        "groups": details.pop("groups", ()),
        "selections": [
            {"kind": kind, "person_id": PersonId(id), "reason": "By hand."}
            for kind, id in selections
        ],
    }
    return ReviewCycle.create(
        TENANT,
        content,
        name="Half year",
        starts_on=date(2026, 1, 1),
        last_day=date(2026, 6, 30),
        **details,
    )


def a_person(id: UUID, unit: UUID = SALES, **facts: Any) -> PersonFacts:
    """Build a person who has worked in a unit for years."""
    job = JobFacts(date(2020, 1, 1), unit, "L1", "permanent")
    return PersonFacts(id, **{"employments": [HIRED], "jobs": [job], **facts})


def some_facts(*people: PersonFacts, **details: Any) -> PlanFacts:
    """Build facts in which the lead is above Ana and Ben, and the chief above the lead."""
    known = {each: a_person(each) for each in (CHIEF, LEAD, ANA, BEN)}
    managers = {LEAD: CHIEF, ANA: LEAD, BEN: LEAD}
    reports = {CHIEF: [LEAD], LEAD: [ANA, BEN]}
    found = known | {each.id: each for each in people}
    return PlanFacts(found, **{"managers": managers, "reports": reports, **details})


def plan(cycle: ReviewCycle, facts: PlanFacts | None = None) -> ReviewCyclePlan:
    return asyncio.run(build_plan(cycle, facts or some_facts()))


def list_conflicts(found: ReviewCyclePlan) -> list[tuple[str, UUID | None]]:
    return [(each.code.name, each.person_id) for each in found.conflicts]


def test_everybody_in_the_population_gets_their_reviews() -> None:
    found = plan(a_cycle())
    assert list_conflicts(found) == []
    assert [each.person_id for each in found.participants] == [LEAD, ANA, BEN]
    ana = found.participants[1]
    assert (ana.days, ana.manager_id, ana.is_ratable) == (181, LEAD, True)
    assert [(each.direction, each.writer_id, each.due_on) for each in ana.reviews] == [
        (ReviewDirection.SELF, ANA, date(2026, 7, 15)),
        (ReviewDirection.MANAGER, LEAD, date(2026, 8, 15)),
    ]
    assert found.loads == [(LEAD, 2), (CHIEF, 1)]
    assert found.phases[0].ends_at == datetime(2026, 7, 16, 12, tzinfo=UTC)


def test_reports_write_upwards_and_the_manager_of_the_manager_on_the_second_level() -> None:
    phases = [
        {"kind": kind, "starts_on": date(2026, 7, 1), "last_day": date(2026, 7, 31)}
        for kind in (ReviewPhaseKind.PEERS, ReviewPhaseKind.SECOND_LEVEL)
    ]
    cycle = a_cycle(ReviewDirection.UPWARD, ReviewDirection.SECOND_LEVEL, phases=phases)
    found = plan(cycle)
    writers = {
        each.person_id: [one.writer_id for one in each.reviews] for each in found.participants
    }
    assert writers == {LEAD: [ANA, BEN], ANA: [CHIEF], BEN: [CHIEF]}
    assert list_conflicts(found) == [("NO_SECOND_LEVEL", LEAD)]
    assert found.blocking == []


def test_nobody_above_a_person_stops_the_launch() -> None:
    found = plan(a_cycle(), some_facts(managers={LEAD: CHIEF, ANA: LEAD}))
    assert list_conflicts(found) == [("NO_MANAGER", BEN)]
    assert [each.code for each in found.blocking] == [ReviewConflictCode.NO_MANAGER]
    assert [each.direction for each in found.participants[2].reviews] == [ReviewDirection.SELF]


def test_days_are_added_up_over_positions_and_leave_does_not_count() -> None:
    jobs = [
        JobFacts(date(2026, 1, 1), ABROAD, None, None),
        JobFacts(date(2026, 4, 1), SALES, None, None),
    ]
    worked = [Period(date(2026, 1, 1), date(2026, 2, 1)), Period(date(2026, 3, 1))]
    away = [Period(date(2026, 6, 1), date(2026, 6, 11))]
    ana = a_person(ANA, jobs=jobs, employments=worked, leaves=away)
    assert count_days(ana, a_cycle()).counted == 31 + 122 - 10
    assert count_days(ana, a_cycle(counts_leave=True)).counted == 31 + 122


def test_who_has_too_few_days_or_was_always_away_is_unratable() -> None:
    late = a_person(ANA, employments=[Period(date(2026, 5, 1))])
    away = a_person(BEN, leaves=[Period(date(2025, 12, 1))])
    found = plan(a_cycle(min_days=90), some_facts(late, away))
    assert [
        (each.code.name, each.person_id, each.found, each.limit) for each in found.conflicts
    ] == [
        ("TOO_FEW_DAYS", ANA, 61, 90),
        ("ON_LEAVE", BEN, 0, None),
    ]
    assert [(each.is_ratable, len(each.reviews)) for each in found.participants[1:]] == [
        (False, 0),
        (False, 0),
    ]
    assert found.blocking == []


@pytest.mark.parametrize(
    ("rules", "facts"),
    [
        ({"levels": ["l1"]}, {"jobs": [JobFacts(date(2020, 1, 1), SALES, "L2", None)]}),
        ({"employment_types": ["permanent"]}, {"jobs": []}),
        ({"min_tenure_days": 90}, {"employments": [Period(date(2026, 5, 1))]}),
        ({"employed_on": date(2026, 3, 1)}, {"employments": [Period(date(2026, 5, 1))]}),
        ({}, {"employments": [Period(date(2020, 1, 1), date(2026, 6, 30))]}),
    ],
)
def test_the_rules_leave_people_out(rules: Any, facts: Any) -> None:
    found = plan(a_cycle(**rules), some_facts(a_person(BEN, **facts)))
    assert [each.person_id for each in found.participants] == [LEAD, ANA]


def test_who_has_left_since_the_day_that_decides_takes_no_part() -> None:
    left = a_person(BEN, employments=[Period(date(2020, 1, 1), date(2026, 8, 1))])
    for today, expected in ((date(2026, 7, 31), []), (date(2026, 8, 1), [("HAS_LEFT", BEN)])):
        found = plan(a_cycle(), some_facts(left, today=today))
        assert list_conflicts(found) == expected
    assert [each.person_id for each in found.participants] == [LEAD, ANA]


def test_people_are_added_by_hand() -> None:
    added = [(ReviewSelectionKind.ADDED, each) for each in (LEAD, ANA, BEN)]
    gone = a_person(BEN, employments=[Period(date(2020, 1, 1), date(2026, 2, 1))])
    facts = some_facts(
        a_person(ANA, ABROAD), gone, units=frozenset({SALES}), scope=frozenset({SALES, ABROAD})
    )
    found = plan(a_cycle(selections=added), facts)
    assert list_conflicts(found) == [("INCLUDED_TWICE", LEAD), ("NOT_EMPLOYED", BEN)]
    assert [each.person_id for each in found.participants] == [LEAD, ANA]
    outside = plan(a_cycle(selections=added), some_facts(a_person(ANA, ABROAD), scope={SALES}))
    assert ("OUTSIDE_UNIT", ANA) in list_conflicts(outside)


def test_who_works_in_another_unit_by_now_is_not_planned_by_the_former_one() -> None:
    jobs = [
        JobFacts(date(2020, 1, 1), SALES, "L1", "permanent"),
        JobFacts(date(2026, 8, 1), ABROAD, "L1", "permanent"),
    ]
    moved = a_person(BEN, jobs=jobs)
    for today, expected in ((date(2026, 7, 31), True), (date(2026, 8, 1), False)):
        facts = some_facts(moved, today=today, scope=frozenset({SALES}))
        found = plan(a_cycle(), facts)
        assert (BEN in [each.person_id for each in found.participants]) is expected
        whole = plan(a_cycle(), some_facts(moved, today=today))
        assert BEN in [each.person_id for each in whole.participants]


def test_a_writer_with_too_many_reviews_is_a_warning() -> None:
    found = plan(a_cycle(max_reviews_per_writer=1))
    assert [
        (each.code.name, each.person_id, each.found, each.limit) for each in found.conflicts
    ] == [("TOO_MANY_REVIEWS", LEAD, 2, 1)]
    assert found.blocking == []


def test_a_phase_without_a_template_and_an_empty_population_stop_the_launch() -> None:
    found = plan(a_cycle(ReviewDirection.SELF), PlanFacts({}))
    assert [(each.code.name, each.phase) for each in found.blocking] == [
        ("NO_TEMPLATE", ReviewPhaseKind.MANAGER),
        ("NO_PARTICIPANTS", None),
    ]
