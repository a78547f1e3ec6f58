"""Legal holds keep a person's data, and only few learn why."""

import asyncio
from typing import Any

import pytest

from domain import legal_holds
from tests.api.company import Company
from tests.api.test_erasing import CANARY, erase, fill, find_canary
from tests.conftest import OpenWork
from tests.factories.actors import an_admin
from tests.factories.row_hashes import hash_tables

pytestmark = pytest.mark.anyio

HOLD = "legalHold { id status placedOn reason releaseReason }"
REASON = "Case 12, decided by the legal department."
HIDDEN = "This person's data may not be erased now. Ask somebody with `people:hold`."
SHOWN = (
    "A legal hold of 2026-06-15 keeps this person's data. Release it first with"
    f" `legalHoldRelease`. Its reason: {REASON}"
)


async def place(company: Company, who: str, name: str, reason: str = REASON) -> Any:
    person_id = company.encode_id("person", name)
    return await company.mutate(who, "legalHoldPlace", HOLD, personId=person_id, reason=reason)


async def release(company: Company, id: str, reason: str = "The case is settled.") -> Any:
    return await company.mutate("hr", "legalHoldRelease", HOLD, id=id, reason=reason)


async def try_to_erase(company: Company, who: str, **input: Any) -> list[tuple[str, str]]:
    given = {"confirmName": "Alumna Okafor", **input}
    payload = await erase(company, who, "alumna", **given)
    return [(each["code"], each["message"]) for each in payload["errors"]]


async def read_actions(company: Company, who: str) -> list[str]:
    query = "query($id: ID!) { person(by: { id: $id }) { viewerCan } }"
    id = company.encode_id("person", "alumna")
    found: list[str] = (await company.query(who, query, id=id))["person"]["viewerCan"]
    return found


async def test_a_held_person_is_erased_by_nobody_and_few_learn_why(
    company: Company, owner: Any
) -> None:
    hold = (await place(company, "hr", "alumna"))["legalHold"]
    async with owner.transaction(readonly=True):
        before = await hash_tables(owner, company.tenant_id)
    assert await try_to_erase(company, "hr") == [("STATE_CONFLICT", SHOWN)]
    assert await try_to_erase(company, "admin") == [("STATE_CONFLICT", HIDDEN)]
    for who in ("hr", "admin"):
        assert "ERASE" not in await read_actions(company, who)
    async with owner.transaction(readonly=True):
        assert await hash_tables(owner, company.tenant_id) == before
    released = (await release(company, hold["id"]))["legalHold"]
    assert (released["status"], released["releaseReason"]) == ("RELEASED", "The case is settled.")
    for who in ("hr", "admin"):
        assert "ERASE" in await read_actions(company, who)
    assert await try_to_erase(company, "hr") == []


async def test_the_wrong_name_is_told_before_a_hold(company: Company) -> None:
    await place(company, "hr", "alumna")
    ((code, _),) = await try_to_erase(company, "admin", confirmName="Somebody")
    assert code == "INVALID"


async def test_one_of_two_holds_is_enough(company: Company) -> None:
    first, _ = [(await place(company, "hr", "alumna"))["legalHold"] for _ in range(2)]
    await release(company, first["id"])
    assert await try_to_erase(company, "hr") == [("STATE_CONFLICT", SHOWN)]


async def test_nobody_sees_a_hold_of_themselves(company: Company) -> None:
    await place(company, "hr", "mara")
    query = "{ legalHolds { totalCount nodes { person { name } } } }"
    for who, count in {"hr": 2, "mara": 0, "admin": 0, "boss": 0}.items():
        assert (await company.query(who, query))["legalHolds"]["totalCount"] == count, who
    history = "query($id: ID!) { person(by: { id: $id }) { history { nodes { action } } } }"
    id = company.encode_id("person", "mara")
    nodes = (await company.query("mara", history, id=id))["person"]["history"]["nodes"]
    assert not [each for each in nodes if "HOLD" in each["action"] or each["action"] == "PLACED"]


async def test_an_erasure_waits_for_a_hold_that_is_being_placed(
    company: Company, work: OpenWork
) -> None:
    alumna = company.people["alumna"]
    async with work(an_admin(company.tenant_id)) as placing:
        await legal_holds.place(placing, alumna.id, REASON)
        erasing = asyncio.create_task(try_to_erase(company, "hr"))
        await asyncio.sleep(0.3)
        assert not erasing.done()
    assert [code for code, _ in await erasing] == ["STATE_CONFLICT"]


async def test_hr_neither_places_nor_sees_nor_releases_holds_of_themselves(
    company: Company,
) -> None:
    refused = await place(company, "hr", "hr")
    assert [each["code"] for each in refused["errors"]] == ["NOT_PERMITTED"]
    made = await place(company, "ruler", "hr")
    assert made["errors"] == []
    query = "query($id: ID!) { legalHold(by: { id: $id }) { reason } }"
    id = made["legalHold"]["id"]
    assert (await company.query("hr", query, id=id))["legalHold"] is None
    refused = await release(company, id)
    assert [each["code"] for each in refused["errors"]] == ["NOT_FOUND"]
    assert (await company.query("ruler", query, id=id))["legalHold"] == {"reason": REASON}


async def test_a_hold_needs_a_person_whose_data_is_there(company: Company) -> None:
    await fill(company)
    await erase(company)
    payload = await place(company, "hr", "peer")
    assert [each["code"] for each in payload["errors"]] == ["STATE_CONFLICT"]


async def test_a_receipt_counts_each_row_and_names_nobody(company: Company, owner: Any) -> None:
    await fill(company)
    await release(company, (await place(company, "hr", "peer", CANARY))["legalHold"]["id"])
    receipt = "receipt { pseudonym tables { table removedCount changedCount keptCount } }"
    id = company.encode_id("person", "peer")
    input = {"confirmName": f"{CANARY} {CANARY}son", "reason": "REQUESTED"}
    payload = await company.mutate(
        "hr", "personErase", f"person {{ name }} {receipt}", id=id, **input
    )
    assert payload["errors"] == []
    assert payload["receipt"]["pseudonym"] == payload["person"]["name"]
    tables = {each.pop("table"): each for each in payload["receipt"]["tables"]}
    assert tables["people"] == {"removedCount": 0, "changedCount": 1, "keptCount": 0}
    assert tables["person_references"]["removedCount"] > 0
    assert tables["legal_holds"] == {"removedCount": 0, "changedCount": 1, "keptCount": 0}
    assert tables["reporting_lines"]["keptCount"] > 0
    assert CANARY not in str(payload)
    assert await find_canary(company, owner) == []
