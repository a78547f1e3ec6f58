"""Upserts of teams, in units and below other teams."""

from typing import Any

import pytest

from tests.api.company import Company

pytestmark = pytest.mark.anyio

PAYLOAD = """outcomes teams { name version organization { code } parent { name } endsOn
  references { source externalId } } differences { index field before after }"""


def name(id: str, **values: Any) -> dict[str, Any]:
    """Return a row about the team with this id in the HR system."""
    return {"externalReference": {"source": "hris", "id": id}} | values


async def send(company: Company, *rows: dict[str, Any], who: str = "admin", **more: Any) -> Any:
    return await company.mutate(who, "teamsUpsert", PAYLOAD, rows=list(rows), **more)


async def test_teams_come_in_any_order_and_follow_their_rows(company: Company) -> None:
    ops, sales = ({"id": company.encode_id("org", each)} for each in ("ops", "sales"))
    above = {"parent": {"externalReference": {"id": "A"}}}
    rows = name("B", name="Bee", organization=ops, **above), name("A", name="Ay", organization=ops)
    checked = await send(company, *rows, dryRun=True)
    made = await send(company, *rows)
    assert (made["outcomes"], made["errors"]) == (["CREATED"] * 2, [])
    assert made["differences"] == checked["differences"]
    assert made["teams"][0] == {
        "name": "Bee",
        "version": 1,
        "organization": {"code": "OPS"},
        "parent": {"name": "Ay"},
        "endsOn": None,
        "references": [{"source": "hris", "externalId": "B"}],
    }
    assert (await send(company, *rows))["outcomes"] == ["UNCHANGED"] * 2
    changed = await send(
        company,
        name("A", endsOn="2026-12-31", description="The first"),
        name("B", endsOn="2026-12-31", organization=sales) | {"parent": None},
        name("C", organization={"externalReference": {"id": "gone"}}),
        {"id": company.encode_id("team", "dispatch"), **name("D"), "startsOn": "2020-02-02"},
    )
    assert changed["outcomes"] == ["UPDATED", "UPDATED", "REJECTED", "REJECTED"]
    assert changed["teams"][1]["organization"] == {"code": "SALES"}
    assert changed["teams"][1]["parent"] is None
    assert [(each["code"], each["field"][1:]) for each in changed["errors"]] == [
        ("REQUIRED", ["2", "name"]),
        ("REFERENCE_NOT_FOUND", ["2", "organization", "externalReference", "id"]),
        ("OUT_OF_RANGE", ["3", "startsOn"]),
    ]
    # The lead edits the own team, and neither moves it nor sees its ids elsewhere.
    dispatch = {"id": company.encode_id("team", "dispatch")}
    led = await send(
        company, dispatch | {"description": "Sends"}, name("A", name="Mine"), who="lead"
    )
    assert led["outcomes"] == ["UPDATED", "REJECTED"]
    assert led["errors"][0]["code"] == "NOT_PERMITTED"
    moved = await send(company, dispatch | {"organization": sales}, who="lead")
    assert [each["code"] for each in moved["errors"]] == ["NOT_PERMITTED"]
