"""Filters: the meaning of null and of empty lists, and no inference of hidden values."""

from typing import Any

import pytest

from api.kernel.execution.engine import Engine
from tests.reads.dataset import TenantDataset
from tests.reads.engine_fixture import execute_document
from tests.reads.oracle.policy import can_see_employment
from tests.reads.oracle.relationships import DatasetIndex, OracleCaller

COUNT_PEOPLE = (
    "query Asked($where: PersonWhere) { people(where: $where, first: 100) { totalCount } }"
)


async def _count_people(
    engine: Engine, world: TenantDataset, where: Any, subject: str = "hr"
) -> int:
    answer = await execute_document(engine, world, subject, COUNT_PEOPLE, {"where": where})
    assert "errors" not in answer
    return int(answer["data"]["people"]["totalCount"])


@pytest.mark.anyio
@pytest.mark.parametrize(
    "where",
    [
        None,
        {},
        {"name": None},
        {"name": {}},
        {"name": {"contains": None, "in": None, "isNull": None}},
        {"hiredOn": {"gt": None}},
        {"and": None, "or": None, "not": None},
        {"and": []},
        {"manager": None, "goals": None},
        {"goals": {"some": None, "every": None}},
    ],
)
async def test_what_a_filter_says_as_null_or_leaves_empty_is_not_said(
    engine: Engine, tenants: dict[str, TenantDataset], where: Any
) -> None:
    world = tenants["northwind"]
    assert await _count_people(engine, world, where) == len(world.tables["people"])


@pytest.mark.anyio
@pytest.mark.parametrize("where", [{"or": []}, {"not": {}}, {"jobTitle": {"in": []}}])
async def test_an_empty_list_of_alternatives_matches_nothing(
    engine: Engine, tenants: dict[str, TenantDataset], where: Any
) -> None:
    assert await _count_people(engine, tenants["northwind"], where) == 0


@pytest.mark.anyio
async def test_equal_to_null_is_to_have_no_value(
    engine: Engine, tenants: dict[str, TenantDataset]
) -> None:
    world = tenants["northwind"]
    nameless = len([each for each in world.tables["people"] if each["time_zone"] is None])
    total = len(world.tables["people"])
    assert nameless
    assert await _count_people(engine, world, {"timeZone": {"eq": None}}) == nameless
    assert await _count_people(engine, world, {"timeZone": {"isNull": True}}) == nameless
    assert await _count_people(engine, world, {"timeZone": {"neq": None}}) == total - nameless
    assert (
        await _count_people(engine, world, {"not": {"timeZone": {"eq": None}}}) == total - nameless
    )


@pytest.mark.anyio
async def test_a_filter_within_deep_reports_looks_at_direct_reports(
    engine: Engine, tenants: dict[str, TenantDataset]
) -> None:
    world = tenants["northwind"]
    top = f"person_{world.tables['people'][0]['id']}"
    document = """
        query Asked($id: ID!) {
          person(by: { id: $id }) {
            reports(depth: 99, first: 100, where: { reports: { some: {} } }) {
              nodes { reports { totalCount } }
            }
          }
        }
    """
    answer = await execute_document(engine, world, "hr", document, {"id": top})
    found = [each["reports"]["totalCount"] for each in answer["data"]["person"]["reports"]["nodes"]]
    assert found
    assert all(found)


@pytest.mark.anyio
@pytest.mark.parametrize("is_built_in", [True, False])
async def test_roles_are_told_apart_by_whether_they_are_built_in(
    engine: Engine, tenants: dict[str, TenantDataset], *, is_built_in: bool
) -> None:
    document = """
        query Asked($yes: Boolean) {
          roles(where: { isBuiltIn: { eq: $yes } }) { nodes { isBuiltIn } }
        }
    """
    answer = await execute_document(
        engine, tenants["northwind"], "admin", document, {"yes": is_built_in}
    )
    assert {each["isBuiltIn"] for each in answer["data"]["roles"]["nodes"]} == {is_built_in}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("where", "column"),
    [
        ({"hiredOn": {"gt": "1900-01-01"}}, "hired_on"),
        ({"employmentStatus": {"nin": []}, "hiredOn": {"isNull": False}}, "hired_on"),
        ({"employeeNumber": {"startsWith": ""}}, "employee_number"),
        ({"not": {"lastDay": {"eq": None}}}, "left_on"),
    ],
)
@pytest.mark.parametrize("subject", ["analyst", "manager", "hr"])
async def test_a_filter_does_not_tell_what_its_reader_may_not_see(
    engine: Engine, tenants: dict[str, TenantDataset], where: Any, column: str, subject: str
) -> None:
    world = tenants["northwind"]
    who = OracleCaller(DatasetIndex(world), subject)
    known = [
        each
        for each in world.tables["people"]
        if each[column] is not None and can_see_employment(who, each)
    ]
    assert await _count_people(engine, world, where, subject) == len(known)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("where", "code"),
    [
        ({"id": {"eq": "goal_0197a000-0000-7000-8000-0000000000ff"}}, "INVALID_FORMAT"),
        ({"id": {"in": ["person_1"]}}, "INVALID_FORMAT"),
        ({"name": {"in": ["x"] * 251}}, "LIMIT_EXCEEDED"),
        ({"or": [{"name": {"eq": "x"}}] * 26}, "LIMIT_EXCEEDED"),
        ({"not": {"not": {"not": {"not": {"not": {"not": {"not": {"level": {"eq": "x"}}}}}}}}},
         "LIMIT_EXCEEDED"),
    ],
)  # fmt: skip
async def test_a_filter_that_asks_too_much_or_for_no_id_is_refused(
    engine: Engine, tenants: dict[str, TenantDataset], where: Any, code: str
) -> None:
    answer = await execute_document(
        engine, tenants["northwind"], "hr", COUNT_PEOPLE, {"where": where}
    )
    assert set((answer["data"] or {}).values()) <= {None}
    assert [each["extensions"]["code"] for each in answer["errors"]] == [code]
