"""No cycle in a hierarchy: direct, indirect, in the future, or by two clients at once."""

import asyncio
from typing import Any

import pytest

from tests.api.company import Company
from tests.api.served_company import ServedCompany

TREES = {
    "team": ("teamMove", "team", "team { id }"),
    "organization": ("organizationMove", "org", "organization { id }"),
    "goal": ("goalAlign", "goal", "goal { id }"),
}


async def create_chain_of_three(company: Company, kind: str) -> list[str]:
    """Create three nodes of a kind, each above the next."""
    ids: list[str] = []
    for number in range(3):
        input: dict[str, Any] = {
            "team": {"organizationId": company.encode_id("org", "hq"), "name": f"T{number}"},
            "organization": {"kind": "SITE", "code": f"S{number}", "name": f"S{number}"},
            "goal": {"title": f"G{number}", "dueOn": "2030-01-01"},
        }[kind]
        input |= {"parentId": ids[-1]} if ids else {}
        payload = await company.mutate("ruler", f"{kind}Create", f"{kind} {{ id }}", **input)
        assert payload["errors"] == []
        ids.append(payload[kind]["id"])
    return ids


def move_below(company: Company, kind: str, id: str, parent: str) -> Any:
    """Move one node below another."""
    verb, _, selection = TREES[kind]
    more = {"organizationId": company.encode_id("org", "hq")} if kind == "team" else {}
    return company.mutate("ruler", verb, selection, id=id, parentId=parent, **more)


@pytest.mark.parametrize("kind", TREES)
async def test_a_tree_has_no_cycles(company: Company, kind: str) -> None:
    top, middle, bottom = await create_chain_of_three(company, kind)
    for parent in (top, middle, bottom):
        payload = await move_below(company, kind, top, parent)
        (error,) = payload["errors"]
        assert (error["code"], error["field"]) == ("REFERENCE_CYCLE", ["parentId"])
        assert payload[kind] is None
    found = await company.query(
        "ruler",
        f"query($id: ID!) {{ node(id: $id) {{ ... on {kind.title()}"
        " { version parent { id } } } }",
        id=top,
    )
    assert found["node"] == {"version": 1, "parent": None}


@pytest.mark.parametrize("kind", TREES)
async def test_two_concurrent_moves_make_no_cycle(company: Company, kind: str) -> None:
    one, other = (
        (await create_chain_of_three(company, kind))[0],
        (await create_other_root(company, kind)),
    )
    payloads = await asyncio.gather(
        move_below(company, kind, one, other), move_below(company, kind, other, one)
    )
    codes = sorted(each["errors"][0]["code"] if each["errors"] else "" for each in payloads)
    assert codes == ["", "REFERENCE_CYCLE"]


async def create_other_root(company: Company, kind: str) -> str:
    """Create another root of the same kind."""
    input: dict[str, Any] = {
        "team": {"organizationId": company.encode_id("org", "hq"), "name": "Other"},
        "organization": {"kind": "SITE", "code": "OTHER", "name": "Other"},
        "goal": {"title": "Other", "dueOn": "2030-01-01"},
    }[kind]
    payload = await company.mutate("ruler", f"{kind}Create", f"{kind} {{ id }}", **input)
    return str(payload[kind]["id"])


def assign_manager(company: Company, who: str, boss: str, starts_on: str | None = None) -> Any:
    input = {"id": company.encode_id("person", who), "managerId": company.encode_id("person", boss)}
    return company.mutate(
        "ruler", "personAssignManager", "person { id }", **input, startsOn=starts_on
    )


CYCLE_ERRORS = [{"code": "REFERENCE_CYCLE", "field": ["managerId"]}]


def read_errors(payload: Any) -> list[Any]:
    return [{"code": each["code"], "field": each["field"]} for each in payload["errors"]]


async def test_nobody_reports_to_those_below_them(company: Company) -> None:
    for boss in ("chief", "boss", "mara"):
        assert read_errors(await assign_manager(company, "chief", boss)) == CYCLE_ERRORS


async def test_nobody_will_report_to_those_below_them_later(company: Company) -> None:
    assert read_errors(await assign_manager(company, "chief", "mara", "2027-01-01")) == CYCLE_ERRORS
    assert read_errors(await assign_manager(company, "mara", "former", "2027-01-01")) == []
    assert read_errors(await assign_manager(company, "former", "chief")) == []
    # From 2027 Mara reports to somebody else, and so may the one above her then.
    assert read_errors(await assign_manager(company, "boss", "mara", "2026-12-31")) == CYCLE_ERRORS
    assert read_errors(await assign_manager(company, "boss", "mara", "2027-01-01")) == []
    assert (
        read_errors(await assign_manager(company, "former", "boss", "2028-01-01")) == CYCLE_ERRORS
    )


async def test_two_concurrent_manager_changes_make_no_cycle(company: Company) -> None:
    payloads = await asyncio.gather(
        assign_manager(company, "lead", "former"), assign_manager(company, "former", "lead")
    )
    assert sorted(map(len, map(read_errors, payloads))) == [0, 1]


async def test_dotted_lines_may_form_a_cycle(company: Company) -> None:
    payload = await company.mutate(
        "ruler",
        "personAssignManager",
        "person { dottedManagers { nodes { name } } }",
        id=company.encode_id("person", "boss"),
        managerId=company.encode_id("person", "mara"),
        kind="DOTTED",
    )
    assert payload["errors"] == []
    assert payload["person"] == {"dottedManagers": {"nodes": [{"name": "Mara Okafor"}]}}


def test_cycles_are_refused_over_http_too(wire: ServedCompany) -> None:
    company = wire.company
    payload = wire.mutate(
        "ruler",
        "organizationMove",
        "organization { id }",
        id=company.encode_id("org", "hq"),
        parentId=company.encode_id("org", "dock"),
    )
    assert payload["organization"] is None
    assert [each["code"] for each in payload["errors"]] == ["REFERENCE_CYCLE"]
