"""Rows of those who may change nothing: no outcome answers a guess, and no row leaves a trace."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.company import Company
from tests.api.test_people_upserts import new, person, send, show_faults

pytestmark = pytest.mark.anyio

Row = dict[str, Any]
KNOWN = {"mara": "M-1", "boss": "B-1", "chief": "C-1"}
"""The numbers and the ids in the HR system of people."""


def name(id: str) -> Row:
    return {"externalReference": {"source": "hris", "id": id}}


async def give_ids(company: Company) -> None:
    rows = [
        {"id": company.encode_id("person", who), **name(id), "employeeNumber": id}
        for who, id in KNOWN.items()
    ]
    rows[0]["sourceVersion"] = "5"
    assert (await send(company, *rows))["errors"] == []


async def make_clerk(company: Company, manages: str = "PEOPLE_MANAGE") -> None:
    """Let `nobody` have this permission, and no other but that of seeing everybody."""
    grants = [{"permission": each} for each in (manages, "DIRECTORY_READ")]
    selection = "role { id }"
    made = await company.mutate(
        *("ruler", "roleCreate", selection), key="clerk", name="Clerk", grants=grants
    )
    given = {"id": company.encode_id("member", "nobody"), "roleId": made["role"]["id"]}
    payload = await company.mutate("ruler", "memberAssignRole", "member { id }", **given)
    assert payload["errors"] == []


GUESSES: dict[str, Callable[[Row, Row, str], list[Row]]] = {
    "the id of a person": lambda chief, _, id: [chief | name(id)],
    "the id of a new person": lambda *given: [new(given[-1])],
    "the number of a person": lambda chief, _, id: [chief | {"employeeNumber": id}],
    "the number of a new person": lambda *given: [new("Ada", employeeNumber=given[-1])],
    "a loop": lambda chief, mara, id: [mara | {"manager": name(id)}, chief | {"manager": mara}],
}


@pytest.mark.parametrize("guess", GUESSES)
async def test_a_guess_is_answered_as_a_wrong_one(company: Company, guess: str) -> None:
    """Right is the own id, another's, and one that nobody has."""
    await give_ids(company)
    await make_clerk(company)
    chief, mara = ({"id": company.encode_id("person", each)} for each in ("chief", "mara"))
    for who in ("peer", "mara", "nobody"):
        answers = [
            await send(company, *GUESSES[guess](chief, mara, id), who=who, dryRun=True)
            for id in (KNOWN["chief"], KNOWN["boss"], "X-1")
        ]
        assert answers[0] == answers[1] == answers[2], who


async def test_a_row_leaves_no_trace_where_it_may_change_nothing(company: Company) -> None:
    await give_ids(company)
    chief, waits = {"id": company.encode_id("person", "chief")}, {"manager": name("X-1")}
    for who in ("peer", "mara"):
        sent = await send(company, chief | waits, who=who)
        assert show_faults(sent) == [(0, "NOT_PERMITTED", "")]
    # Nobody waits for the newcomer, and the newest version is that of the HR system.
    assert (await send(company, new("X-1")))["resolved"] == []
    forged = name(KNOWN["mara"]) | {"sourceVersion": "99"}
    for row in (forged, forged | {"sourceVersion": "4"}):
        sent = await send(company, row, who="mara")
        assert show_faults(sent) == [(0, "NOT_PERMITTED", "")]
    newer = person(KNOWN["mara"], jobTitle="Planner", sourceVersion="6")
    assert (await send(company, newer))["outcomes"] == ["UPDATED"]


async def test_a_manager_is_waited_for_with_the_right_to_assign_one(company: Company) -> None:
    await give_ids(company)
    await make_clerk(company, "EMPLOYMENT_MANAGE")
    chief, waits = person(KNOWN["chief"], jobTitle="Head"), {"manager": name("X-1")}
    sent = await send(company, chief | waits, who="nobody")
    assert show_faults(sent) == [(0, "NOT_PERMITTED", "manager")]
    assert (await send(company, chief, who="nobody"))["outcomes"] == ["UPDATED"]
    # Nor does a row with the present manager, who is none, end the waiting.
    assert (await send(company, chief | waits))["outcomes"] == ["DEFERRED"]
    sent = await send(company, chief | {"manager": None}, who="nobody")
    assert show_faults(sent) == [(0, "NOT_PERMITTED", "manager")]
    assert len((await send(company, new("X-1")))["resolved"]) == 1
