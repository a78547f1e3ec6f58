"""Nothing comes to stand above itself: at once, through others, in future, or by two clients."""

import asyncio
from typing import Any

import pytest

from tests.api.company import Company
from tests.api.wired import Wired

TREES = {
    "team": ("teamMove", "team", "team { id }"),
    "organization": ("organizationMove", "org", "organization { id }"),
    "goal": ("goalAlign", "goal", "goal { id }"),
}


async def three(company: Company, kind: str) -> list[str]:
    """Three of a kind, the first on top of the second on top of the third."""
    ids: list[str] = []
    for number in range(3):
        input: dict[str, Any] = {
            "team": {"organizationId": company.id("org", "hq"), "name": f"T{number}"},
            "organization": {"kind": "SITE", "code": f"S{number}", "name": f"S{number}"},
            "goal": {"title": f"G{number}", "dueOn": "2030-01-01"},
        }[kind]
        input |= {"parentId": ids[-1]} if ids else {}
        payload = await company.tell("ruler", f"{kind}Create", f"{kind} {{ id }}", **input)
        assert payload["errors"] == []
        ids.append(payload[kind]["id"])
    return ids


def below(company: Company, kind: str, id: str, parent: str) -> Any:
    """Put one below another."""
    verb, _, selection = TREES[kind]
    more = {"organizationId": company.id("org", "hq")} if kind == "team" else {}
    return company.tell("ruler", verb, selection, id=id, parentId=parent, **more)


@pytest.mark.parametrize("kind", TREES)
async def test_a_tree_has_no_rings(company: Company, kind: str) -> None:
    top, middle, bottom = await three(company, kind)
    for parent in (top, middle, bottom):
        payload = await below(company, kind, top, parent)
        (error,) = payload["errors"]
        assert (error["code"], error["field"]) == ("REFERENCE_CYCLE", ["parentId"])
        assert payload[kind] is None
    found = await company.ask(
        "ruler",
        f"query($id: ID!) {{ node(id: $id) {{ ... on {kind.title()}"
        " { version parent { id } } } }",
        id=top,
    )
    assert found["node"] == {"version": 1, "parent": None}


@pytest.mark.parametrize("kind", TREES)
async def test_two_who_pull_at_once_tie_no_knot(company: Company, kind: str) -> None:
    one, other = (await three(company, kind))[0], (await three_more(company, kind))
    payloads = await asyncio.gather(
        below(company, kind, one, other), below(company, kind, other, one)
    )
    codes = sorted(each["errors"][0]["code"] if each["errors"] else "" for each in payloads)
    assert codes == ["", "REFERENCE_CYCLE"]


async def three_more(company: Company, kind: str) -> str:
    """Another root of the same kind."""
    input: dict[str, Any] = {
        "team": {"organizationId": company.id("org", "hq"), "name": "Other"},
        "organization": {"kind": "SITE", "code": "OTHER", "name": "Other"},
        "goal": {"title": "Other", "dueOn": "2030-01-01"},
    }[kind]
    payload = await company.tell("ruler", f"{kind}Create", f"{kind} {{ id }}", **input)
    return str(payload[kind]["id"])


def reports_to(company: Company, who: str, boss: str, starts_on: str | None = None) -> Any:
    input = {"id": company.id("person", who), "managerId": company.id("person", boss)}
    return company.tell(
        "ruler", "personAssignManager", "person { id }", **input, startsOn=starts_on
    )


RING = [{"code": "REFERENCE_CYCLE", "field": ["managerId"]}]


def codes(payload: Any) -> list[Any]:
    return [{"code": each["code"], "field": each["field"]} for each in payload["errors"]]


async def test_nobody_reports_to_those_below_them(company: Company) -> None:
    for boss in ("chief", "boss", "mara"):
        assert codes(await reports_to(company, "chief", boss)) == RING


async def test_nor_will_they(company: Company) -> None:
    assert codes(await reports_to(company, "chief", "mara", "2027-01-01")) == RING
    assert codes(await reports_to(company, "mara", "former", "2027-01-01")) == []
    assert codes(await reports_to(company, "former", "chief")) == []
    # From 2027 Mara reports to somebody else, and so may the one above her then.
    assert codes(await reports_to(company, "boss", "mara", "2026-12-31")) == RING
    assert codes(await reports_to(company, "boss", "mara", "2027-01-01")) == []
    assert codes(await reports_to(company, "former", "boss", "2028-01-01")) == RING


async def test_two_changes_at_once_tie_no_knot(company: Company) -> None:
    payloads = await asyncio.gather(
        reports_to(company, "lead", "former"), reports_to(company, "former", "lead")
    )
    assert sorted(map(len, map(codes, payloads))) == [0, 1]


async def test_a_dotted_line_may_go_round(company: Company) -> None:
    payload = await company.tell(
        "ruler",
        "personAssignManager",
        "person { dottedManagers { nodes { name } } }",
        id=company.id("person", "boss"),
        managerId=company.id("person", "mara"),
        kind="DOTTED",
    )
    assert payload["errors"] == []
    assert payload["person"] == {"dottedManagers": {"nodes": [{"name": "Mara Okafor"}]}}


def test_rings_are_refused_over_the_wire_too(wire: Wired) -> None:
    company = wire.company
    payload = wire.tell(
        "ruler",
        "organizationMove",
        "organization { id }",
        id=company.id("org", "hq"),
        parentId=company.id("org", "dock"),
    )
    assert payload["organization"] is None
    assert [each["code"] for each in payload["errors"]] == ["REFERENCE_CYCLE"]
