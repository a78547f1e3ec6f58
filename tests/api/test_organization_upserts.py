"""Upserts of organizations: what a row does, what a call does, and what is refused."""

from typing import Any

import pytest

from tests.api.company import Company

pytestmark = pytest.mark.anyio

PAYLOAD = """outcomes stored organizations { id name code parent { code } endsOn version }
  differences { index field before after } resolved { index } warnings { index }"""


def name(id: str, **values: Any) -> dict[str, Any]:
    """Return a row about the unit with this id in the HR system."""
    return {"externalReference": {"source": "hris", "id": id}} | values


def below(id: str) -> dict[str, Any]:
    """Return a reference to the unit with this id in the HR system."""
    return {"externalReference": {"source": "hris", "id": id}}


def unit(id: str, **values: Any) -> dict[str, Any]:
    """Return a row about a new unit."""
    return name(id, kind="SITE", code=id, name=f"Site {id}") | values


async def send(company: Company, *rows: dict[str, Any], who: str = "admin", **more: Any) -> Any:
    return await company.mutate(who, "organizationsUpsert", PAYLOAD, rows=list(rows), **more)


def show_faults(payload: Any) -> list[tuple[int, str, str]]:
    return [
        (int(each["field"][1]), each["code"], ".".join(each["field"][2:]))
        for each in payload["errors"]
    ]


async def count_entries(company: Company) -> int:
    query = "{ auditLog(where: { entity: { eq: ORGANIZATION } }) { totalCount } }"
    return int((await company.query("admin", query))["auditLog"]["totalCount"])


async def read_codes(company: Company) -> set[str]:
    found = await company.query("admin", "{ organizations(first: 100) { nodes { code } } }")
    return {each["code"] for each in found["organizations"]["nodes"]}


async def test_rows_come_in_any_order_and_again_and_say_only_what_changes(
    company: Company,
) -> None:
    rows = unit("C", parent=below("B")), unit("B", parent=below("A")), unit("A", parent=None)
    before = await read_codes(company)
    checked = await send(company, *rows, dryRun=True)
    assert (checked["outcomes"], checked["stored"]) == (["CREATED"] * 3, False)
    assert checked["organizations"] == [None, None, None]
    assert await read_codes(company) == before
    made = await send(company, *rows)
    assert made["differences"] == checked["differences"]
    assert made["differences"][:4] == [
        {"index": 0, "field": "kind", "before": None, "after": "SITE"},
        {"index": 0, "field": "code", "before": None, "after": "C"},
        {"index": 0, "field": "name", "before": None, "after": "Site C"},
        {"index": 0, "field": "parent", "before": None, "after": {"source": "hris", "id": "B"}},
    ]
    assert (made["outcomes"], made["stored"], made["errors"]) == (["CREATED"] * 3, True, [])
    assert [(each["code"], each["parent"]) for each in made["organizations"]] == [
        ("C", {"code": "B"}),
        ("B", {"code": "A"}),
        ("A", None),
    ]
    entries = await count_entries(company)
    again = await send(company, *rows[::-1])
    assert again["outcomes"] == ["UNCHANGED"] * 3
    assert (again["differences"], await count_entries(company)) == ([], entries)
    assert [each["version"] for each in again["organizations"]] == [1, 1, 1]
    # Absent keeps, null clears, and an empty text is null.
    await send(company, name("B", endsOn="2026-12-31"), name("C", parent=None))
    kept = await send(company, name("B", name="Bee"))
    assert kept["organizations"][0]["parent"] == {"code": "A"}
    assert kept["organizations"][0]["endsOn"] == "2026-12-31"
    assert kept["differences"] == [
        {"index": 0, "field": "name", "before": "Site B", "after": "Bee"}
    ]
    cleared = await send(company, name("B", endsOn="", parent=below("")))
    assert (cleared["outcomes"], cleared["errors"]) == (["UPDATED"], [])
    assert cleared["organizations"][0]["parent"] is None
    assert cleared["organizations"][0]["endsOn"] is None
    moved = await send(company, name("B", parent=below("A")), name("A", parent={"id": ""}))
    assert moved["outcomes"] == ["UPDATED", "UNCHANGED"]


async def test_a_refused_row_has_all_its_faults_and_refuses_only_itself(company: Company) -> None:
    await send(company, unit("A"))
    payload = await send(
        company,
        name("N", name=" ", code="x" * 51, kind="SITE"),
        name("A", code="HQ", parent=below("gone"), startsOn="2020-01-01"),
        unit("B"),
        unit("B", code="B2"),
        {"name": "Nobody"},
        name("M"),
        {"id": company.encode_id("team", "dispatch"), "name": "A team"},
    )
    assert payload["outcomes"] == [*["REJECTED"] * 2, "CREATED", *["REJECTED"] * 4]
    assert show_faults(payload) == [
        (0, "TOO_LONG", "code"),
        (0, "REQUIRED", "name"),
        (1, "NOT_UNIQUE", "code"),
        (3, "NOT_UNIQUE", "externalReference"),
        (4, "REQUIRED", "externalReference"),
        (5, "REQUIRED", "kind"),
        (5, "REQUIRED", "code"),
        (5, "REQUIRED", "name"),
        (6, "INVALID_FORMAT", "id"),
    ]
    assert (await send(company, name("A")))["organizations"][0]["version"] == 1
    # A loop refuses the row that closes it, and rows below it have no parent.
    payload = await send(
        company,
        unit("X", parent=below("Z")),
        unit("Y", parent=below("X")),
        unit("Z", parent=below("Y")),
        unit("W"),
    )
    assert payload["outcomes"] == [*["REJECTED"] * 3, "CREATED"]
    assert show_faults(payload) == [
        (0, "REFERENCE_NOT_FOUND", "parent.externalReference.id"),
        (1, "REFERENCE_NOT_FOUND", "parent.externalReference.id"),
        (2, "REFERENCE_CYCLE", "parent"),
    ]
    assert payload["errors"][2]["message"] == (
        "This row closes a loop: Z → Y → X → Z. Change one of these rows."
    )


async def test_units_turn_their_tree_around_and_swap_codes_in_one_call(company: Company) -> None:
    await send(company, unit("A"), unit("B", parent=below("A")), unit("C", parent=below("B")))
    turned = await send(
        company,
        name("A", parent=below("B"), code="B"),
        name("B", parent=below("C"), code="c"),
        name("C", parent=None, code="A"),
    )
    assert (turned["outcomes"], turned["errors"]) == (["UPDATED"] * 3, [])
    assert [(each["code"], each["parent"]) for each in turned["organizations"]] == [
        ("B", {"code": "c"}),
        ("c", {"code": "A"}),
        ("A", None),
    ]
    # One that keeps its code is in the way of another, and so on.
    refused = await send(
        company, name("A", code="HQ"), name("B", code="B"), name("C", code="c"), unit("D")
    )
    assert refused["outcomes"] == [*["REJECTED"] * 3, "CREATED"]
    assert refused["errors"][0]["message"] == (
        "Another unit (Head office) has this code. Choose another."
    )
    assert show_faults(refused) == [(n, "NOT_UNIQUE", "code") for n in range(3)]
    # They are closed from below, in whatever order they come.
    end = {"endsOn": "2026-12-31"}
    closed = await send(company, name("C", **end), name("B", **end), name("A", **end))
    assert (closed["outcomes"], closed["errors"]) == (["UPDATED"] * 3, [])
    reopened = await send(company, *(name(each, endsOn=None) for each in "ABC"))
    assert reopened["outcomes"] == ["UPDATED"] * 3


async def test_all_or_nothing_and_old_versions_store_nothing(company: Company) -> None:
    rows = unit("A"), unit("B", parent=below("gone"))
    refused = await send(company, *rows, mode="ALL_OR_NOTHING")
    assert (refused["outcomes"], refused["stored"]) == (["CREATED", "REJECTED"], False)
    assert "A" not in await read_codes(company)
    stored = await send(company, rows[0], mode="ALL_OR_NOTHING")
    assert (stored["outcomes"], stored["stored"]) == (["CREATED"], True)
    assert "A" in await read_codes(company)
    # A row that is older than the one applied last changes nothing.
    await send(company, name("A", sourceVersion="v9"))
    newer = await send(company, name("A", name="Ten", sourceVersion="v10"))
    assert newer["outcomes"] == ["UPDATED"]
    older = await send(company, name("A", name="Nine", sourceVersion="v9"))
    assert (older["outcomes"], older["differences"]) == (["UNCHANGED"], [])
    entries = await count_entries(company)
    same = await send(company, name("A", name="Ten", sourceVersion="v11"))
    assert (same["outcomes"], await count_entries(company)) == (["UNCHANGED"], entries)
    older = await send(company, name("A", name="Nine", sourceVersion="v10"))
    assert older["organizations"][0]["name"] == "Ten"


async def test_a_caller_changes_only_the_units_of_the_own_scope(company: Company) -> None:
    docks = {"id": company.encode_id("org", "dock"), **name("DOCKS")}
    sales = {"id": company.encode_id("org", "sales"), "name": "Ours"}
    inside = {"parent": {"id": company.encode_id("org", "ops")}}
    outside = {"parent": {"id": company.encode_id("org", "sales")}}
    payload = await send(
        company, docks, sales, unit("A", **inside), unit("B", **outside), unit("C"), who="hr_ops"
    )
    assert payload["outcomes"] == ["UPDATED", "REJECTED", "CREATED", "REJECTED", "REJECTED"]
    assert [each["code"] for each in payload["errors"]] == ["NOT_PERMITTED"] * 3
    unknown, hidden = {"id": company.encode_id("org", "dock")}, name("DOCKS")
    found = await send(company, unknown, hidden, who="nobody")
    assert show_faults(found) == [
        (0, "REFERENCE_NOT_FOUND", "id"),
        (1, "NOT_PERMITTED", ""),
    ]
    # A hidden id of another system is taken, as when a unit is made by hand.
    taken = await send(company, unit("DOCKS"), who="hr_far")
    assert show_faults(taken) == [(0, "NOT_UNIQUE", "externalReference.id")]
