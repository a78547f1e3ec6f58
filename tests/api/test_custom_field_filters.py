"""Lists that are filtered and ordered by values of custom fields."""

import json
from typing import Any

import pytest

from tests.api.company import Company
from tests.api.test_custom_fields import FIELDS, define, write

pytestmark = pytest.mark.anyio

LIST = """query($where: PersonWhere, $orderBy: [PersonOrder!], $first: Int, $after: String) {
    people(where: $where, orderBy: $orderBy, first: $first, after: $after) {
        totalCount nodes { name } pageInfo { endCursor hasNextPage } } }"""


async def find(company: Company, who: str, key: str, /, **compared: Any) -> list[str]:
    """Return the first names of those whom a filter finds."""
    where = {"customValues": {"key": key, **compared}}
    found = (await company.query(who, LIST, where=where))["people"]
    names = [each["name"].split()[0].lower() for each in found["nodes"]]
    assert found["totalCount"] == len(names)
    return names


async def fill(company: Company) -> None:
    """Give values of all types to Mara, Boss and Peer, and none to others."""
    await define(company, **FIELDS)
    for of, text, number, option, day, is_on_call in (
        ("mara", "C-17", "38.5", "l", "2027-01-31", False),
        ("boss", "c-2", "9", "s", "2026-12-31", True),
        ("peer", "D", "40", "s", "2028-01-01", True),
    ):
        values: list[dict[str, Any]] = [
            {"key": "cost_center", "text": text},
            {"key": "hours", "number": number},
            {"key": "shirt", "options": [option]},
            {"key": "badge_until", "date": day},
            {"key": "on_call", "boolean": is_on_call},
        ]
        assert (await write(company, "hr", *values, of=of))["errors"] == []


async def test_people_are_found_by_values_of_each_type(company: Company) -> None:
    await fill(company)
    assert await find(company, "hr", "cost_center", text={"startsWith": "c-"}) == ["boss", "mara"]
    assert await find(company, "hr", "cost_center", text={"in": ["C-17", "d"]}) == ["mara"]
    assert await find(company, "hr", "hours", number={"gte": "9.5", "lt": "40"}) == ["mara"]
    assert await find(company, "hr", "shirt", options={"has": "s"}) == ["boss", "peer"]
    assert await find(company, "hr", "badge_until", date={"lt": "2027-01-31"}) == ["boss"]
    assert await find(company, "hr", "on_call", boolean={"eq": True}) == ["boss", "peer"]
    # A value of another type is none, and a key that does not exist has no values.
    assert await find(company, "hr", "hours", text={"eq": "9"}) == []
    assert await find(company, "hr", "unknown", number={"gt": "0"}) == []
    rest = await find(company, "hr", "hours", number={"isNull": True})
    assert {"mara", "boss", "peer"} & set(rest) == set()
    assert len(rest) > 5


async def test_a_value_that_is_not_readable_is_found_as_one_that_nobody_has(
    company: Company,
) -> None:
    """Lists, totals, orders and cursors are the same as for a key that does not exist."""
    await fill(company)
    for who, found in {
        "boss": ["mara", "peer"],
        "mara": ["mara"],
        "peer": ["peer"],
        "admin": [],
    }.items():
        assert await find(company, who, "badge_until", date={"gt": "2027-01-01"}) == found
    for who, key, name in (
        ("peer", "on_call", "boolean"),
        ("admin", "on_call", "boolean"),
        ("admin", "badge_until", "date"),
    ):
        for operator in ({"isNull": True}, {"isNull": False}):
            order = [{"field": "CUSTOM_VALUES", "key": key}, {"field": "NAME"}]
            where = {"customValues": {"key": key, name: operator}}
            given = {"where": where, "orderBy": order, "first": 100}
            unknown = json.loads(json.dumps(given).replace(key, "unknown"))
            found = [await company.query(who, LIST, **each) for each in (given, unknown)]
            for each in found:
                del each["people"]["pageInfo"]["endCursor"]  # the filter signs it, too
            assert found[0] == found[1]


@pytest.mark.parametrize(
    ("key", "ordered"),
    [
        ("cost_center", ["mara", "peer", "boss"]),
        ("hours", ["boss", "mara", "peer"]),
        ("shirt", ["boss", "peer", "mara"]),
        ("badge_until", ["boss", "mara", "peer"]),
        ("on_call", ["mara", "boss", "peer"]),
    ],
)
async def test_people_are_ordered_by_a_value(
    company: Company, key: str, ordered: list[str]
) -> None:
    await fill(company)
    for direction, nulls in (("ASC", "LAST"), ("ASC", "FIRST"), ("DESC", "LAST")):
        order = [
            {"field": "CUSTOM_VALUES", "key": key, "direction": direction, "nulls": nulls},
            {"field": "NAME"},
        ]
        names, after = list[str](), None
        while True:  # pages of two, so that a cursor stands between any two values
            page = (await company.query("hr", LIST, orderBy=order, first=2, after=after))["people"]
            names += [each["name"].split()[0].lower() for each in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert len(names) == page["totalCount"] == len(set(names))
        with_value = names[-3:] if nulls == "FIRST" else names[:3]
        if direction == "ASC":
            assert with_value == ordered
        else:
            assert set(with_value) == set(ordered)
            assert with_value[0] in ordered[1:]


async def test_an_order_by_a_value_needs_its_key(company: Company) -> None:
    answer = await company.graph.execute("hr", LIST, orderBy=[{"field": "CUSTOM_VALUES"}])
    (error,) = json.loads(answer.body)["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("REQUIRED", ["orderBy"])
