"""Erasing people: no table and no log line names them afterwards, and what stays is declared."""

import logging
import re
from typing import Any

import pytest
from sqlalchemy import Date, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB

from domain.kernel.fields import field_specs
from domain.people import Person
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.schema.tables import EnumText, metadata
from tests.api.calibration_company import adjust_peer
from tests.api.company import Company
from tests.api.kept_columns import KEPT
from tests.api.review_company import write_review
from tests.factories.row_hashes import TENANT_TABLES, hash_tables

CANARY = "Zzyzx"
"""A text in every personal value of the person; search words contain it in lower case."""

ERASED = """query($id: ID!) { person(by: { id: $id }) {
    name givenName familyName workEmail employeeNumber jobTitle level location timeZone recordStatus
    hiredOn lastDay organization { code } viewerCan
    employments { hiredOn lastDay leavingReason } leaves { startsOn endsOn reason }
    references { source } customValues { text }
    member { status subject assignments { role { key } } }
    goals { totalCount } reportingLines { manager { name } }
    history { nodes { action actor { name } changes { field before after } } }
} }"""


async def mutate(company: Company, who: str, verb: str, subject: str, /, **input: Any) -> Any:
    id = company.encode_id("person", subject)
    return await company.mutate(who, verb, "person { id version name }", id=id, **input)


async def do(company: Company, verb: str, subject: str, /, **input: Any) -> Any:
    payload = await mutate(company, "ruler", verb, subject, **input)
    assert payload["errors"] == [], verb
    return payload["person"]


async def fill(company: Company) -> None:
    """Give Peer, and a duplicate of Peer, a marked text in every personal value; both leave."""
    field = {"key": "secret", "label": "Secret", "type": "TEXT", "readers": "HR"}
    field |= {"objectType": "PERSON"}
    await company.mutate("ruler", "customFieldCreate", "customField { id }", **field)
    for name in ("peer", "alumna"):
        details: dict[str, Any] = {
            "givenName": CANARY,
            "familyName": f"{CANARY}son",
            "name": f"Old {CANARY}",
        }
        details |= {"workEmail": f"{CANARY}-{name}@{CANARY}.example"}
        details |= {"customValues": [{"key": each, "text": CANARY} for each in ("size", "secret")]}
        await do(company, "personEdit", name, **details)
        facts = {"jobTitle": f"{CANARY} lead", "location": CANARY, "level": f"{CANARY}1"}
        day = "2021-02-01" if name == "peer" else "2020-02-01"
        later = {"effectiveOn": "2022-02-01", "level": f"{CANARY}2"}
        await do(company, "personChangeJob", name, **later)  # superseded by the next change
        await do(company, "personChangeJob", name, effectiveOn=day, **facts)
        await do(company, "personEdit", name, name=f"{CANARY} {CANARY}son")
        await do(company, "personChangeEmployeeNumber", name, employeeNumber=f"{CANARY}-{name}")
        for source in ("workday", "payroll"):
            reference = {"source": f"{source}-{name}", "id": f"{CANARY}/{name}"}
            await do(company, "personAddExternalReference", name, reference=reference)
        await do(company, "personRemoveExternalReference", name, source=f"payroll-{name}")
    await do(company, "personReturnFromLeave", "peer", returnsOn="2026-06-05")
    await do(company, "personStartLeave", "peer", startsOn="2026-06-08", reason=f"{CANARY} is ill")
    duplicate = company.encode_id("person", "alumna")
    reason = f"{CANARY} twice"
    await do(company, "personMerge", "peer", duplicateId=duplicate, reason=reason)
    await write_review(company, CANARY)
    await adjust_peer(company, CANARY)
    await do(company, "personDepart", "peer", lastDay="2026-06-12", reason=f"{CANARY} retires")


async def erase(company: Company, who: str = "hr", name: str = "peer", **input: Any) -> Any:
    given = {"confirmName": f"{CANARY} {CANARY}son", "reason": "REQUESTED"} | input
    return await mutate(company, who, "personErase", name, **given)


async def find_canary(company: Company, owner: Any) -> list[str]:
    """Return the rows of any table whose texts or bytes have the canary."""
    found, hidden = [], f"%{CANARY.encode().hex()}%"
    async with owner.transaction(readonly=True):
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        for table in TENANT_TABLES:
            query = f"SELECT t::text FROM {table} t WHERE tenant_id = $1 AND t::text ILIKE ANY ($2)"
            rows = await owner.fetch(query, company.tenant_id, [f"%{CANARY}%", hidden])
            found += [f"{table}: {row[0]}" for row in rows]
    return found


@pytest.mark.parametrize("who", ["hr", "admin"])
async def test_nothing_names_an_erased_person(
    company: Company, owner: Any, caplog: pytest.LogCaptureFixture, who: str
) -> None:
    """Also if the actor may not see the values, as a tenant admin."""
    await fill(company)
    tables = {each.partition(":")[0] for each in await find_canary(company, owner)}
    named = "people employments leaves jobs person_references journal words calibration_adjustments"
    named += " review_packets reviews review_answers review_appeals"
    assert tables == set(named.split())
    caplog.set_level(logging.DEBUG)
    payload = await erase(company, who)
    assert payload["errors"] == []
    assert await find_canary(company, owner) == []
    assert CANARY.lower() not in caplog.text.lower()
    for name in ("peer", "alumna"):
        node = await company.query("hr", ERASED, id=company.encode_id("person", name))
        assert node["person"]["name"] == payload["person"]["name"]


async def test_structure_and_counts_of_an_erased_person_stay(company: Company) -> None:
    await fill(company)
    await erase(company)
    peer = company.people["peer"]
    found = (await company.query("hr", ERASED, id=company.encode_id("person", "peer")))["person"]
    pseudonym = f"Erased {peer.id.hex[-8:]}"
    history = found.pop("history")["nodes"]
    assert found == {
        "name": pseudonym,
        "givenName": pseudonym,
        "familyName": "",
        **dict.fromkeys(("workEmail", "employeeNumber", "jobTitle", "level", "location")),
        "timeZone": None,
        "recordStatus": "ERASED",
        "hiredOn": "2020-01-01",
        "lastDay": "2026-06-12",
        "organization": {"code": "OPS"},
        "customValues": [],
        "viewerCan": [],
        "employments": [{"hiredOn": "2020-01-01", "lastDay": "2026-06-12", "leavingReason": None}],
        "leaves": [
            {"startsOn": "2026-06-01", "endsOn": "2026-06-04", "reason": None},
            {"startsOn": "2026-06-08", "endsOn": "2026-06-12", "reason": None},
        ],
        "references": [],
        "member": {
            "status": "REMOVED",
            "subject": f"erased-{company.members['peer'].id.hex}",
            "assignments": [],
        },
        "goals": {"totalCount": 1},
        "reportingLines": [{"manager": {"name": "Boss Okafor"}}],
    }
    assert (history[0]["action"], history[0]["actor"]) == ("ERASED", {"name": "Hr Okafor"})
    shown = {each["field"]: (each["before"], each["after"]) for each in history[0]["changes"]}
    assert shown["reason"] == (None, "requested")
    assert shown["recordStatus"] == ("CURRENT", "ERASED")
    assert shown["name"] == shown["workEmail"] == (None, None)
    assert {each["action"] for each in history} >= {"EDITED", "MERGED", "DEPARTED"}


async def test_an_erased_person_stays_as_they_are(company: Company, owner: Any) -> None:
    await fill(company)
    await erase(company)

    async def read_rows() -> Any:
        async with owner.transaction(readonly=True):
            return await hash_tables(owner, company.tenant_id)

    before = await read_rows()
    for verb, input in (
        ("personErase", {"confirmName": "?", "reason": "REQUESTED"}),
        ("personEdit", {"name": CANARY}),
        ("personRehire", {}),
    ):
        payload = await mutate(company, "ruler", verb, "peer", **input)
        assert [each["code"] for each in payload["errors"]] == ["STATE_CONFLICT"], verb
    assert await read_rows() == before


async def test_only_a_leaver_is_erased_and_only_by_name(company: Company, owner: Any) -> None:
    async with owner.transaction(readonly=True):
        before = await hash_tables(owner, company.tenant_id)
    await do_not(company, "mara", "STATE_CONFLICT", [], confirmName="Mara Okafor")
    await do_not(company, "newcomer", "STATE_CONFLICT", [], confirmName="Newcomer Okafor")
    await do_not(company, "alumna", "INVALID", ["confirmName"], confirmName="Mara Okafor")
    async with owner.transaction(readonly=True):
        assert await hash_tables(owner, company.tenant_id) == before


async def do_not(company: Company, name: str, code: str, field: list[str], **input: Any) -> None:
    payload = await erase(company, name=name, **input)
    assert [(each["code"], each["field"] or []) for each in payload["errors"]] == [(code, field)]


def test_every_action_on_a_person_needs_a_record_that_is_not_erased() -> None:
    states = {each.name: (each.state_attribute, each.states) for each in Person.ACTIONS}
    assert set(states.values()) == {("record_status", ("current",))}


DERIVED = re.compile("(_folded|_sort_key)$")
"""Columns that Trellis writes again with the text that they follow from."""


def test_every_column_is_erased_or_kept_for_a_reason() -> None:
    """A new column of texts, or one of a table about people, needs a mark or a reason."""
    erased = set()
    for kind, mapping in MAPPINGS.items():
        for name, spec in field_specs(kind).items():
            if spec.is_personal and name in mapping.table.columns:
                erased.add(f"{mapping.table.name}.{name}")
            elif spec.is_personal:
                table = mapping.children[name].table
                erased |= {f"{table.name}.{each.name}" for each in table.columns}
    declared = erased | KEPT.keys()
    undeclared = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        if table.schema is None
        for column in table.columns
        if _may_be_personal(table, column)
        and DERIVED.sub("", f"{table.name}.{column.name}") not in declared
    ]
    assert undeclared == [], "Mark the attribute PERSONAL, or say in kept_columns.py why it stays."
    assert not erased & KEPT.keys()


def _may_be_personal(table: Any, column: Any) -> bool:
    if isinstance(column.type, Text | JSONB | LargeBinary | EnumText):
        return not isinstance(column.type, EnumText)
    tables = {table.name, *(key.referred_table.name for key in table.foreign_key_constraints)}
    return isinstance(column.type, Date) and "people" in tables
