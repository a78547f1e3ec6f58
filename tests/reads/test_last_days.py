"""Filters and orders by the last day of a period agree with Python on the days that are shown."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from api.kernel.execution.engine import Engine
from tests.reads.dataset import NOW, TenantDataset
from tests.reads.engine_fixture import execute_document

PEOPLE = """query People($where: PersonWhere, $order: [PersonOrder!]) {
  found: people(where: $where, orderBy: $order, first: 100) { nodes { id end: lastDay } }
}"""
TEAMS = """query Teams($where: TeamWhere) {
  found: teams(where: $where, first: 100) { nodes { id end: endsOn } }
}"""
UNITS = """query Units($where: OrganizationWhere) {
  found: organizations(where: $where, first: 100) { nodes { id end: endsOn } }
}"""
FIELDS = {PEOPLE: "lastDay", TEAMS: "endsOn", UNITS: "endsOn"}

COMPARE = {
    "eq": lambda end, day: end == day,
    "neq": lambda end, day: end != day,
    "lt": lambda end, day: end is not None and end < day,
    "lte": lambda end, day: end is not None and end <= day,
    "gt": lambda end, day: end is not None and end > day,
    "gte": lambda end, day: end is not None and end >= day,
}

nearby_days = some.integers(-70, 40).map(lambda offset: NOW.date() + timedelta(days=offset))
last_days = nearby_days | some.just(date(1900, 1, 1)) | some.just(date(2199, 12, 31))
read_settings = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


async def _read(engine: Engine, world: TenantDataset, document: str, **variables: Any) -> Any:
    answer = await execute_document(engine, world, "hr", document, variables)
    assert "errors" not in answer
    return [(each["id"], each["end"]) for each in answer["data"]["found"]["nodes"]]


@pytest.mark.anyio
@read_settings
@given(document=some.sampled_from(sorted(FIELDS)), days=some.lists(last_days, min_size=1))
async def test_filters_compare_the_days_that_are_shown(
    engine: Engine, tenants: dict[str, TenantDataset], document: str, days: list[date]
) -> None:
    world, field = tenants["northwind"], FIELDS[document]
    shown = await _read(engine, world, document)
    ends = [date.fromisoformat(end) for _, end in shown if end is not None]
    for day in (days[0], ends[days[0].toordinal() % len(ends)]):
        for operator, holds in COMPARE.items():
            expected = [(id, end) for id, end in shown if holds(end, day.isoformat())]
            where = {field: {operator: day.isoformat()}}
            assert await _read(engine, world, document, where=where) == expected, operator
    listed = [each.isoformat() for each in (*days, ends[0])]
    found = await _read(engine, world, document, where={field: {"in": listed}})
    assert found == [(id, end) for id, end in shown if end in listed]
    others = await _read(engine, world, document, where={field: {"nin": listed}})
    assert others == [(id, end) for id, end in shown if end not in listed]


@pytest.mark.anyio
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("nulls", ["FIRST", "LAST"])
async def test_orders_put_the_days_that_are_shown_in_order(
    engine: Engine, tenants: dict[str, TenantDataset], direction: str, nulls: str
) -> None:
    order = [{"field": "LAST_DAY", "direction": direction, "nulls": nulls}]
    ends = [end for _, end in await _read(engine, tenants["northwind"], PEOPLE, order=order)]
    known = [end for end in ends if end is not None]
    missing = [end for end in ends if end is None]
    ordered = sorted(known, reverse=direction == "DESC")
    assert ends == (missing + ordered if nulls == "FIRST" else ordered + missing)
    assert len(set(known)) > 1
