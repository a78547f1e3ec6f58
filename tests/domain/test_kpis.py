from datetime import date
from typing import Any

import pytest

from domain import kpis
from domain.kernel.aggregate import get_kind
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import SeveralFaults
from domain.kernel.identity import generate_id
from domain.kpis import (
    Kpi,
    KpiForm,
    KpiFrequency,
    KpiScope,
    KpiScopeKind,
    KpiState,
    KpiUnit,
    KpiVisibility,
    TimeAggregation,
    find_definition,
)
from domain.kpis.model import MAX_DEFINITIONS
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    NOW,
    TENANT,
    TODAY,
    a_draft,
    a_goal,
    a_person,
    a_unit,
    an_actor,
    days_from_today,
    expect_error,
    list_event_actions,
)

ADA = a_person()
WHY = "Finance asked for it."


def a_kpi(**definition: Any) -> Kpi:
    scope = KpiScope(KpiScopeKind.TEAM, generate_id())
    kpi = Kpi.create(
        TENANT, scope, owner_id=ADA.id, frequency=KpiFrequency.MONTHLY, name=" Late 🚚 "
    )
    kpi.define(definition, days_from_today(-100), "definition", at=NOW)
    kpi.events.clear()
    return kpi


def test_a_kpi_is_active_and_known_to_the_tenant_at_first() -> None:
    kpi = a_kpi()
    assert (kpi.name, kpi.state, kpi.visibility) == (
        "Late 🚚",
        KpiState.ACTIVE,
        KpiVisibility.TENANT,
    )
    assert (kpi.scope_kind, kpi.organization_id) == (KpiScopeKind.TEAM, None)


def test_the_first_definition_holds_for_all_earlier_days() -> None:
    kpi = a_kpi(decimals=0)
    kpi.redefine({"decimals": 1}, TODAY, WHY, at=NOW)
    kpi.redefine({"decimals": 3}, days_from_today(30), WHY, at=NOW)

    def decimals_on(day: date) -> int:
        return find_definition(kpi.definitions, day).decimals

    assert [decimals_on(days_from_today(each)) for each in (-900, -1, 0, 29, 30, 900)] == [
        *(0, 0, 1, 1, 3, 3)
    ]
    assert list_event_actions(kpi) == ["redefined", "redefined"]
    assert [each.effective_on for each in kpi.events] == [TODAY, days_from_today(30)]


def test_a_definition_between_two_others_ends_where_the_next_begins() -> None:
    kpi = a_kpi(unit_name="parcels")
    kpi.redefine({"unit_name": "lorries"}, days_from_today(30), WHY, at=NOW)
    kpi.redefine({"decimals": 0}, TODAY, WHY, at=NOW)
    found = [find_definition(kpi.definitions, days_from_today(each)) for each in (-1, 0, 30)]
    assert [(each.unit_name, each.decimals) for each in found] == [
        ("parcels", 2),
        ("parcels", 0),
        ("lorries", 2),
    ]


def test_a_definition_of_the_same_day_is_corrected_in_place() -> None:
    kpi = a_kpi()
    first = kpi.definitions[0]
    assert kpi.redefine({"decimals": 0}, first.starts_on, WHY, at=NOW) is first
    assert (len(kpi.definitions), first.decimals, first.reason) == (1, 0, WHY)


def test_a_definition_that_says_the_same_changes_nothing() -> None:
    kpi = a_kpi(decimals=1)
    kpi.redefine({"decimals": 1}, TODAY, WHY, at=NOW)
    assert (len(kpi.definitions), kpi.events) == (1, [])


def test_no_definition_begins_before_the_first() -> None:
    kpi = a_kpi()
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        kpi.redefine({"decimals": 1}, days_from_today(-101), WHY, at=NOW)
    with expect_error(Code.REQUIRED, "reason"):
        kpi.redefine({"decimals": 1}, TODAY, " ", at=NOW)
    assert (len(kpi.definitions), kpi.events) == (1, [])


def test_a_kpi_has_a_limited_number_of_definitions() -> None:
    kpi = a_kpi()
    for day in range(1, MAX_DEFINITIONS):
        kpi.redefine({"decimals": day % 6}, days_from_today(day), WHY, at=NOW)
    with expect_error(Code.LIMIT_EXCEEDED):
        kpi.redefine({"decimals": 6}, days_from_today(MAX_DEFINITIONS), WHY, at=NOW)
    assert len(kpi.definitions) == MAX_DEFINITIONS


RATIO = {"form": KpiForm.RATIO, "time_aggregation": TimeAggregation.SUM}


@pytest.mark.parametrize(
    ("definition", "code", "field"),
    [
        ({"unit": KpiUnit.MONEY}, Code.INVALID, "currency"),
        ({"currency": "EUR"}, Code.INVALID, "currency"),
        ({"unit": KpiUnit.MONEY, "currency": "eur"}, Code.INVALID_FORMAT, "currency"),
        ({"unit": KpiUnit.MONEY, "currency": "XYZ"}, Code.INVALID_FORMAT, "currency"),
        ({"unit": KpiUnit.MONEY, "currency": "EURO"}, Code.TOO_LONG, "currency"),
        ({"decimals": 7}, Code.OUT_OF_RANGE, "decimals"),
        (RATIO, Code.INVALID, "denominatorTimeAggregation"),
        (
            RATIO | {"denominator_time_aggregation": TimeAggregation.NONE},
            Code.INVALID,
            "denominatorTimeAggregation",
        ),
        (
            {"denominator_time_aggregation": TimeAggregation.SUM},
            Code.INVALID,
            "denominatorTimeAggregation",
        ),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(
    definition: dict[str, Any], code: Code, field: str
) -> None:
    with expect_error(code, "definition", field):
        a_kpi(**definition)
    kpi = a_kpi()
    with expect_error(code, field):
        kpi.redefine(definition, TODAY, WHY, at=NOW)
    assert len(kpi.definitions) == 1


def test_a_ratio_may_combine_its_parts_in_different_ways() -> None:
    turnover = a_kpi(**RATIO, denominator_time_aggregation=TimeAggregation.MEAN)
    assert turnover.definitions[0].denominator_time_aggregation is TimeAggregation.MEAN


def test_an_archived_kpi_can_be_restored() -> None:
    kpi = a_kpi()
    kpi.archive()
    assert kpi.state is KpiState.ARCHIVED
    with pytest.raises(StateConflict):
        kpi.archive()
    kpi.restore()
    with pytest.raises(StateConflict):
        kpi.restore()
    assert kpi.state is KpiState.ACTIVE
    assert list_event_actions(kpi) == ["archived", "restored"]


UNIT = a_unit()
DETAILS: dict[str, Any] = {"frequency": KpiFrequency.MONTHLY, "name": "Late parcels"}


async def create(work: FakeWork, **details: Any) -> Kpi:
    scope = KpiScope(KpiScopeKind.ORGANIZATION, UNIT.id)
    return await kpis.create(work, scope, {}, **DETAILS | details)


def begin_work(*others: Any) -> FakeWork:
    return FakeWork(an_actor(ADA, "hr"), [ADA, UNIT, *others])


@pytest.mark.anyio
async def test_all_faults_of_what_an_input_names_come_together() -> None:
    leaver, draft = a_person("Leaver"), a_draft(ADA)
    leaver.left_on = TODAY
    work = begin_work(leaver, draft)
    details = {"owner_id": leaver.id, "purpose_id": draft.id, "viewer_ids": [generate_id()]}
    scope = KpiScope(KpiScopeKind.ORGANIZATION, UNIT.id)
    with pytest.raises(SeveralFaults) as raised:
        await kpis.create(work, scope, {"unit": KpiUnit.MONEY}, **DETAILS | details)
    assert [each.field for each in raised.value.faults] == [
        *(("ownerId",), ("purposeId",), ("viewerIds", "0")),
        ("definition", "currency"),
    ]
    assert len(work.aggregates) == 4


@pytest.mark.anyio
async def test_a_purpose_is_a_goal_that_has_begun() -> None:
    goal = a_goal(ADA)
    kpi = await create(begin_work(goal), purpose_id=goal.id)
    assert kpi.purpose_id == goal.id
    assert get_kind("goal") is type(goal)


@pytest.mark.anyio
async def test_a_unit_that_has_ended_gets_no_kpi() -> None:
    closed = a_unit("OLD")
    closed.ends_on = TODAY
    scope = KpiScope(KpiScopeKind.ORGANIZATION, closed.id)
    with pytest.raises(Invalid) as raised:
        await kpis.create(begin_work(closed), scope, {}, **DETAILS)
    assert raised.value.field == ("scope", "organizationId")


@pytest.mark.anyio
async def test_viewers_who_left_stay_and_need_no_look_up() -> None:
    work = begin_work()
    kpi = await create(work)
    kpi.viewer_ids = {generate_id()}  # type: ignore[arg-type]
    await kpis.edit(work, kpi.id, viewer_ids=[*kpi.viewer_ids, ADA.id])
    assert len(kpi.viewer_ids) == 2
