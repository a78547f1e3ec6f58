"""Pages: each visible row exactly once, in both directions, with cursors bound to their list."""

import re
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from api.kernel.execution.engine import Engine
from tests.factories.rows import insert_rows
from tests.reads.dataset import TenantDataset
from tests.reads.engine_fixture import execute_document

ORDER_FIELDS = ("NAME", "JOB_TITLE", "LEVEL", "LOCATION", "HIRED_ON", "CREATED_AT")
PAGE_QUERY = """
query Walk($order: [PersonOrder!], $first: Int, $after: String, $last: Int, $before: String) {
  people(orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id } }
  }
}
"""
ALL_QUERY = (
    "query All($order: [PersonOrder!]) { people(orderBy: $order, first: 100) { nodes { id } } }"
)

order_strategy = some.lists(
    some.fixed_dictionaries(
        {
            "field": some.sampled_from(ORDER_FIELDS),
            "direction": some.sampled_from(["ASC", "DESC"]),
            "nulls": some.sampled_from(["FIRST", "LAST"]),
        }
    ),
    max_size=3,
)
walk_settings = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


async def _list_all_ids(
    engine: Engine, world: TenantDataset, subject: str, order: Any
) -> list[str]:
    answer = await execute_document(engine, world, subject, ALL_QUERY, {"order": order})
    return [each["id"] for each in answer["data"]["people"]["nodes"]]


async def _fetch_page(engine: Engine, world: TenantDataset, subject: str, **variables: Any) -> Any:
    answer = await execute_document(engine, world, subject, PAGE_QUERY, variables)
    assert "errors" not in answer
    return answer["data"]["people"]


@pytest.mark.anyio
@walk_settings
@given(
    order=order_strategy, size=some.integers(1, 9), subject=some.sampled_from(["hr", "employee"])
)
async def test_walking_forward_meets_each_row_once_in_order(
    engine: Engine, tenants: dict[str, TenantDataset], order: Any, size: int, subject: str
) -> None:
    world, after, met = tenants["northwind"], None, []
    expected = await _list_all_ids(engine, world, subject, order)
    while True:
        page = await _fetch_page(engine, world, subject, order=order, first=size, after=after)
        met += [each["node"]["id"] for each in page["edges"]]
        assert page["totalCount"] == len(expected)
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert met == expected


@pytest.mark.anyio
@walk_settings
@given(
    order=order_strategy, size=some.integers(1, 9), subject=some.sampled_from(["hr", "employee"])
)
async def test_walking_backward_meets_each_row_once_in_order(
    engine: Engine, tenants: dict[str, TenantDataset], order: Any, size: int, subject: str
) -> None:
    world, before, met = tenants["northwind"], None, []
    expected = await _list_all_ids(engine, world, subject, order)
    while True:
        page = await _fetch_page(engine, world, subject, order=order, last=size, before=before)
        met = [each["node"]["id"] for each in page["edges"]] + met
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        before = page["pageInfo"]["startCursor"]
    assert met == expected


@pytest.mark.anyio
@walk_settings
@given(order=order_strategy, size=some.integers(2, 9))
async def test_rows_that_come_in_while_somebody_walks_neither_repeat_nor_hide_others(
    engine: Engine, pool: asyncpg.Pool, tenants: dict[str, TenantDataset], order: Any, size: int
) -> None:
    world, after, met = tenants["walker"], None, []
    old = await _list_all_ids(engine, world, "hr", order)
    while True:
        page = await _fetch_page(engine, world, "hr", order=order, first=size, after=after)
        met += [each["node"]["id"] for each in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
        if len(met) < 3 * size:
            await _insert_person(pool, world)
    assert len(met) == len(set(met))
    assert [each for each in met if each in old] == old


async def _insert_person(pool: asyncpg.Pool, world: TenantDataset) -> None:
    like = {**world.pick_row("people"), "work_email": None, "employee_number": None}
    row = world.add_root("people", **{k: v for k, v in like.items() if k not in STAMPS})
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{world.tenant_id}'")
        await insert_rows(connection, "people", [row])


STAMPS = ("tenant_id", "id", "version", "created_at", "updated_at")

ONE_PAGE = "people(first: 2) { pageInfo { endCursor } }"


async def _fetch_error(
    engine: Engine, world: TenantDataset, document: str, **variables: Any
) -> Any:
    answer = await execute_document(engine, world, "hr", document, variables)
    assert set((answer["data"] or {}).values()) <= {None}
    (error,) = answer["errors"]
    return error["extensions"]["code"], error["extensions"].get("field")


async def _fetch_cursor(engine: Engine, world: TenantDataset, page: str = ONE_PAGE) -> str:
    answer = await execute_document(engine, world, "hr", f"{{ list: {page} }}")
    return str(answer["data"]["list"]["pageInfo"]["endCursor"])


@pytest.mark.anyio
@pytest.mark.parametrize(
    "other",
    [
        "people(first: 2, after: $c, orderBy: [{ field: HIRED_ON }])",
        "people(first: 2, after: $c, orderBy: [{ field: NAME, direction: DESC }])",
        'people(first: 2, after: $c, where: { name: { contains: "a" } })',
        'people(first: 2, after: $c, search: "a")',
        "teams(first: 2, after: $c)",
        "people(last: 2, before: $c, orderBy: [{ field: NAME, nulls: FIRST }])",
    ],
)
async def test_a_cursor_is_no_good_for_another_list_order_or_filter(
    engine: Engine, tenants: dict[str, TenantDataset], other: str
) -> None:
    cursor = await _fetch_cursor(engine, tenants["northwind"])
    document = f"query Other($c: String) {{ {other} {{ totalCount nodes {{ id }} }} }}"
    code, field = await _fetch_error(engine, tenants["northwind"], document, c=cursor)
    assert code == "CURSOR_INVALID"
    assert field == ["before" if "before" in other else "after"]


@pytest.mark.anyio
async def test_a_cursor_of_another_tenant_is_no_good(
    engine: Engine, tenants: dict[str, TenantDataset]
) -> None:
    cursor = await _fetch_cursor(engine, tenants["lagoon"])
    document = "query Other($c: String) { people(first: 2, after: $c) { nodes { id } } }"
    code, _ = await _fetch_error(engine, tenants["northwind"], document, c=cursor)
    assert code == "CURSOR_INVALID"


@pytest.mark.anyio
@walk_settings
@given(
    place=some.integers(0, 200), letter=some.sampled_from("aZ9-_=!é \x7f/+"), cut=some.booleans()
)
async def test_a_cursor_that_was_touched_is_no_good(
    engine: Engine, tenants: dict[str, TenantDataset], place: int, letter: str, *, cut: bool
) -> None:
    cursor = await _fetch_cursor(engine, tenants["northwind"])
    place %= len(cursor) + 1
    touched = cursor[:place] + letter + cursor[place + cut :]
    if touched == cursor:
        return
    document = "query Other($c: String) { people(first: 2, after: $c) { nodes { id } } }"
    code, _ = await _fetch_error(engine, tenants["northwind"], document, c=touched)
    assert code == "CURSOR_INVALID"


@pytest.mark.anyio
@pytest.mark.parametrize("cursor", ["", "e30", "W10", "AAAAAAAAAAAAAAAAAAAAAAAA"])
async def test_a_cursor_that_was_made_up_is_no_good(
    engine: Engine, tenants: dict[str, TenantDataset], cursor: str
) -> None:
    document = "query Other($c: String) { goals(first: 2, after: $c) { nodes { id } } }"
    code, _ = await _fetch_error(engine, tenants["northwind"], document, c=cursor)
    assert code == "CURSOR_INVALID"


@pytest.mark.anyio
async def test_one_document_pages_through_orders_of_different_lengths(
    engine: Engine, tenants: dict[str, TenantDataset]
) -> None:
    world = tenants["northwind"]
    for order in ([{"field": "LEVEL"}], [{"field": "LEVEL"}, {"field": "JOB_TITLE"}], []):
        expected = await _list_all_ids(engine, world, "hr", order)
        page = await _fetch_page(engine, world, "hr", order=order, first=5)
        after = page["pageInfo"]["endCursor"]
        page = await _fetch_page(engine, world, "hr", order=order, first=5, after=after)
        assert [each["node"]["id"] for each in page["edges"]] == expected[5:10]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ("first: -1", "OUT_OF_RANGE", ["first"]),
        ("first: 101", "OUT_OF_RANGE", ["first"]),
        ("last: 101", "OUT_OF_RANGE", ["last"]),
        ("last: -1", "OUT_OF_RANGE", ["last"]),
        ("first: 1, last: 1", "INVALID", ["last"]),
        ("orderBy: [{field: NAME}, {field: LEVEL}, {field: LOCATION}, {field: JOB_TITLE}]",
         "LIMIT_EXCEEDED", ["orderBy"]),
        ('search: "a b c d e f"', "LIMIT_EXCEEDED", ["search"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("asked", ["nodes { id }", "pageInfo { hasNextPage }", "totalCount"])
async def test_a_page_of_no_sensible_size_is_refused(
    engine: Engine,
    tenants: dict[str, TenantDataset],
    arguments: str,
    code: str,
    field: list[str],
    asked: str,
) -> None:
    document = f"{{ people({arguments}) {{ {asked} }} }}"
    assert await _fetch_error(engine, tenants["northwind"], document) == (code, field)


@pytest.mark.anyio
@pytest.mark.parametrize(("size", "rows"), [("first: 0", 0), ("last: 0", 0), ("first: 100", 36)])
async def test_a_page_may_have_no_row_or_a_hundred(
    engine: Engine, tenants: dict[str, TenantDataset], size: str, rows: int
) -> None:
    document = f"{{ people({size}) {{ nodes {{ id }} pageInfo {{ startCursor endCursor }} }} }}"
    page = (await execute_document(engine, tenants["northwind"], "hr", document))["data"]["people"]
    assert len(page["nodes"]) == rows
    assert (page["pageInfo"]["startCursor"] is None) == (rows == 0)
    assert (page["pageInfo"]["endCursor"] is None) == (rows == 0)


@pytest.mark.anyio
async def test_a_cursor_says_nothing_that_its_holder_may_not_see(
    engine: Engine, tenants: dict[str, TenantDataset]
) -> None:
    document = """
        { people(first: 100, orderBy: [{ field: HIRED_ON }]) { edges { cursor node { hiredOn } } } }
    """
    answer = await execute_document(engine, tenants["northwind"], "analyst", document)
    hidden = [
        edge["cursor"]
        for edge in answer["data"]["people"]["edges"]
        if edge["node"]["hiredOn"] is None
    ]
    assert len(hidden) > 20
    assert not [each for each in hidden if not re.match("W251bGws", each)]  # [null,


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("arguments", "below", "field"),
    [
        ("first: 1000", [], ["first"]),
        ("first: 1", ["nodes", "measured"], ["first"]),
    ],
)
async def test_an_error_names_the_field_whose_argument_is_at_fault(
    engine: Engine,
    tenants: dict[str, TenantDataset],
    arguments: str,
    below: list[str],
    field: list[str],
) -> None:
    document = (
        "query($n: Int) { tenant { slug } goals("
        f"{arguments}) {{ nodes {{ id measured: keyResults(first: $n) {{ nodes {{ id }} }} }} }} }}"
    )
    world = tenants["northwind"]
    for _ in range(2):  # without and with a plan in the cache
        answer = await execute_document(engine, world, "hr", document, {"n": 1000})
        assert answer["data"] == {"tenant": {"slug": "northwind"}, "goals": None}
        (error,) = answer["errors"]
        assert error["path"] == ["goals", *below]
        assert error["extensions"]["code"] == "OUT_OF_RANGE"
        assert error["extensions"]["field"] == field
        if below:
            fine = await execute_document(engine, world, "hr", document, {"n": 1})
            assert "errors" not in fine
