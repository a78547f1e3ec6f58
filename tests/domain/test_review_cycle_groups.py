"""Groups of a cycle: whose reviews have days of their own, and which days these are."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.kernel.errors import Refusal
from domain.kernel.faults import list_faults
from domain.kernel.identity import OrganizationId
from domain.kernel.periods import Period
from domain.reviews.cycles import ReviewCycle, ReviewPhaseKind
from domain.reviews.cycles.population import JobFacts
from tests.domain.test_review_cycle_plan import (
    ABROAD,
    ANA,
    BEN,
    LEAD,
    SALES,
    a_cycle,
    a_person,
    list_conflicts,
    plan,
    some_facts,
)

SELF, MANAGER = ReviewPhaseKind.SELF, ReviewPhaseKind.MANAGER
LATE_SELF = {"kind": SELF, "starts_on": date(2026, 7, 8), "last_day": date(2026, 7, 22)}


def a_group(name: str = "Late", *phases: Any, **conditions: Any) -> dict[str, Any]:
    return {"name": name, "phases": phases or (LATE_SELF,), **conditions}


def with_groups(*groups: dict[str, Any]) -> ReviewCycle:
    return a_cycle(groups=groups)


@pytest.mark.parametrize(
    ("condition", "facts", "last_day"),
    [
        ({"time_zones": ["Asia/Tokyo"]}, {"time_zone": "Asia/Tokyo"}, 22),
        ({"time_zones": ["Asia/Tokyo"]}, {"time_zone": "Europe/Lisbon"}, 15),
        ({"time_zones": ["Europe/Lisbon"]}, {}, 22),
        ({"locations": ["Porto"]}, {"location": "PORTO"}, 22),
        ({"locations": ["Porto"]}, {"location": None}, 15),
        ({"employment_types": ["intern", "agency"]}, {"employment_type": "agency"}, 22),
        ({"employment_types": ["intern"]}, {}, 15),
        ({"max_working_time_share": Decimal("0.8")}, {"share": Decimal("0.8")}, 22),
        ({"max_working_time_share": Decimal("0.8")}, {"share": Decimal("0.81")}, 15),
        ({"max_working_time_share": Decimal(1)}, {"share": None}, 15),
        ({"organization_id": OrganizationId(ABROAD)}, {"unit": ABROAD}, 22),
        ({"organization_id": OrganizationId(ABROAD)}, {"unit": SALES}, 15),
        ({"min_leave_days": 10}, {"leave": (date(2026, 8, 6), None)}, 22),
        ({"min_leave_days": 11}, {"leave": (date(2026, 8, 6), None)}, 15),
        ({"min_leave_days": 10}, {"leave": (date(2026, 6, 1), date(2026, 7, 10))}, 15),
        ({"time_zones": ["Asia/Tokyo"], "locations": ["Porto"]}, {"location": "Porto"}, 15),
    ],
)
def test_who_fits_all_conditions_is_in_a_group(
    condition: dict[str, Any], facts: dict[str, Any], last_day: int
) -> None:
    job = JobFacts(
        date(2020, 1, 1),
        facts.get("unit", SALES),
        "L1",
        facts.get("employment_type", "permanent"),
        facts.get("location", "Lisbon"),
        facts.get("share", Decimal(1)),
    )
    leaves = [Period(*facts["leave"])] if "leave" in facts else []
    ana = a_person(ANA, jobs=[job], leaves=leaves, time_zone=facts.get("time_zone"))
    units = {ABROAD: frozenset({ABROAD})}
    found = plan(
        with_groups(a_group(**condition)),
        some_facts(ana, group_units=units, time_zone="Europe/Lisbon"),
    )
    (group,) = found.groups
    planned = {each.person_id: each for each in found.participants}[ANA]
    assert (planned.group_id == group.id) is (last_day == 22)
    assert [each.due_on for each in planned.reviews] == [
        date(2026, 7, last_day),
        date(2026, 8, 15),
    ]


def test_jobs_count_from_the_day_on_which_the_first_phase_begins() -> None:
    jobs = [
        JobFacts(date(2020, 1, 1), SALES, None, None, "Lisbon"),
        JobFacts(date(2026, 7, 1), SALES, None, None, "Porto"),
        JobFacts(date(2026, 9, 1), SALES, None, None, "Faro"),
    ]
    cycle = with_groups(a_group(locations=["Porto"]))
    for today, size in ((date(2026, 6, 1), 1), (date(2026, 8, 31), 1), (date(2026, 9, 1), 0)):
        found = plan(cycle, some_facts(a_person(ANA, jobs=jobs), today=today))
        assert found.groups[0].participant_count == size


def test_the_first_of_several_groups_counts_and_nobody_needs_one() -> None:
    other = {"kind": MANAGER, "starts_on": date(2026, 8, 1), "last_day": date(2026, 8, 31)}
    cycle = with_groups(
        a_group("Part-time", max_working_time_share=Decimal("0.5")),
        a_group("On leave", other, min_leave_days=1),
        a_group("Nowhere", locations=["Atlantis"]),
    )
    half = [JobFacts(date(2020, 1, 1), SALES, "L1", None, None, Decimal("0.5"))]
    away = [Period(date(2026, 7, 1), date(2026, 7, 2))]
    people = [a_person(ANA, jobs=half, leaves=away), a_person(BEN, leaves=away)]
    found = plan(cycle, some_facts(*people))
    assert [(each.name, each.participant_count) for each in found.groups] == [
        ("Part-time", 1),
        ("On leave", 1),
        ("Nowhere", 0),
    ]
    first, second, _ = found.groups
    assert [(each.person_id, each.group_id) for each in found.participants] == [
        (LEAD, None),
        (ANA, first.id),
        (BEN, second.id),
    ]
    assert list_conflicts(found) == [("EMPTY_GROUP", None), ("SEVERAL_GROUPS", ANA)]
    assert [(each.found, each.limit, each.group) for each in found.conflicts] == [
        (None, None, "Nowhere"),
        (2, 1, None),
    ]
    assert found.blocking == []
    assert [each.last_day for each in second.phases] == [date(2026, 7, 15), date(2026, 8, 31)]
    assert [each.last_day for each in found.phases] == [date(2026, 7, 15), date(2026, 8, 15)]


def test_a_phase_ends_when_it_has_ended_for_the_last_group() -> None:
    early = {"kind": SELF, "starts_on": date(2026, 7, 1), "last_day": date(2026, 7, 3)}
    cycle = with_groups(a_group(min_leave_days=1), a_group("Early", early, locations=["Porto"]))
    cycle.launch(at=datetime(2026, 7, 1, tzinfo=UTC))
    assert cycle.find_phase_end() == datetime(2026, 7, 23, 12, tzinfo=UTC)
    cycle.advance(at=datetime(2026, 7, 23, 12, tzinfo=UTC))
    assert cycle.find_phase_end() == datetime(2026, 8, 16, 12, tzinfo=UTC)
    late, soon = (each.id for each in cycle.groups)
    assert cycle.find_last_day(SELF, group_id=late) == date(2026, 7, 22)
    assert cycle.find_last_day(SELF, group_id=soon) == date(2026, 7, 3)
    assert cycle.find_last_day(SELF) == date(2026, 7, 15)


def test_all_faults_of_groups_are_named_at_once() -> None:
    days = {"starts_on": date(2026, 7, 20), "last_day": date(2026, 7, 10)}
    after = {"kind": SELF, "starts_on": date(2026, 8, 2), "last_day": date(2026, 8, 3)}
    before = {"kind": MANAGER, "starts_on": date(2026, 6, 1), "last_day": date(2026, 8, 15)}
    with pytest.raises(Refusal) as caught:
        with_groups(
            a_group("Everybody"),
            a_group("No such phase", {"kind": ReviewPhaseKind.PEERS, **days}, min_leave_days=1),
            a_group("After the managers", after, min_leave_days=1),
            a_group("Managers first", before, min_leave_days=1),
        )
    assert [(each.code.value, each.field) for each in list_faults(caught.value)] == [
        ("REQUIRED", ("groups", "0")),
        ("INVALID", ("groups", "1", "phases", "0", "kind")),
        ("OUT_OF_RANGE", ("groups", "1", "phases", "0", "lastDay")),
        ("OUT_OF_RANGE", ("groups", "2", "phases")),
        ("OUT_OF_RANGE", ("groups", "3", "phases", "0", "startsOn")),
    ]
    for conditions, field in (
        ({"time_zones": ["Mars/Base"]}, "timeZones"),
        ({"time_zones": ["UTC", "UTC"]}, "timeZones"),
        ({"max_working_time_share": Decimal("1.2")}, "maxWorkingTimeShare"),
        ({"min_leave_days": -1}, "minLeaveDays"),
    ):
        with pytest.raises(Refusal) as caught:
            with_groups(a_group(**conditions))
        assert all(field in each.field for each in list_faults(caught.value))
