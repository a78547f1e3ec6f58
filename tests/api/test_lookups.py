"""Look-ups: every key finds its object, and guarded keys only for those who may read them."""

import unicodedata
from typing import Any

import pytest

from tests.api.company import MEMBER_NAMES, Company, a_company

EMPLOYMENT_READERS = {"mara", "boss", "chief", "hr", "hr_ops"}
pytestmark = pytest.mark.anyio

REFERENCE = {"source": "workday", "id": "W-1"}


@pytest.fixture
async def company(owner: Any, pool: Any, writing: Any) -> Company:
    """Build the company, and another tenant whose HR is called abroad."""
    company: Company = await a_company(owner, pool, writing)
    return company


def build_query(field: str) -> str:
    return f"query($by: {field.capitalize()}By!) {{ found: {field}(by: $by) {{ id }} }}"


async def find(company: Company, who: str, field: str, by: dict[str, Any]) -> str | None:
    found = (await company.query(who, build_query(field), by=by))["found"]
    return found and found["id"]


async def find_readers(company: Company, field: str, by: dict[str, Any], id: str) -> set[str]:
    found = {who: await find(company, who, field, by) for who in MEMBER_NAMES}
    assert {each for each in found.values() if each} == {id}
    return {who for who, each in found.items() if each}


async def test_every_key_finds_its_object(company: Company) -> None:
    mara, dock = company.people["mara"], company.units["dock"]
    keys: list[tuple[str, dict[str, Any], str]] = [
        ("person", {"workEmail": (mara.work_email or "").upper()}, "mara"),
        ("person", {"employeeNumber": (mara.employee_number or "").swapcase()}, "mara"),
        ("organization", {"code": dock.code.swapcase()}, "dock"),
        ("member", {"subject": "mara"}, "mara"),
        ("role", {"key": "coach"}, "coach"),
    ]
    for field, by, name in keys:
        kind = {"organization": "org"}.get(field, field)
        id = company.encode_id(kind, name)
        assert await find(company, "ruler", field, by) == id
        assert await find(company, "ruler", field, {"id": id}) == id
        assert await find(company, "ruler", field, dict.fromkeys(by, "no@no.example")) is None


async def test_an_employee_number_is_confirmed_only_to_its_readers(company: Company) -> None:
    mara = company.people["mara"]
    by = {"employeeNumber": mara.employee_number}
    id = company.encode_id("person", "mara")
    assert await find_readers(company, "person", by, id) == EMPLOYMENT_READERS


async def test_a_subject_is_confirmed_only_to_those_who_see_the_member(company: Company) -> None:
    id = company.encode_id("member", "mara")
    readers = await find_readers(company, "member", {"subject": "mara"}, id)
    assert {"mara", "admin"} <= readers
    assert readers.isdisjoint({"peer", "nobody", "abroad"})


@pytest.mark.parametrize(
    ("field", "verb", "kind", "name", "readers"),
    [
        ("person", "personAddExternalReference", "person", "mara", EMPLOYMENT_READERS),
        ("organization", "organizationAddExternalReference", "org", "dock", {"hr", "admin"}),
        ("team", "teamAddExternalReference", "team", "dispatch", {"hr", "admin"}),
        ("goal", "goalAddExternalReference", "goal", "public", {"hr"}),
    ],
)
async def test_a_reference_is_confirmed_only_to_its_readers(
    company: Company, field: str, verb: str, kind: str, name: str, readers: set[str]
) -> None:
    id = company.encode_id(kind, name)
    await company.mutate("hr", verb, f"{field} {{ id }}", id=id, reference=REFERENCE)
    found = await find_readers(company, field, {"external": REFERENCE}, id)
    assert readers <= found
    assert found.isdisjoint({"peer", "lead", "analyst", "nobody", "abroad"})


ADDRESSES = ("mara@bücher.example", "MARA@Bu\u0308cher.example", "Mara@XN--bcher-kva.example")


@pytest.mark.parametrize("kept", ADDRESSES)
async def test_addresses_are_compared_alike_everywhere(company: Company, kept: str) -> None:
    id = company.encode_id("person", "mara")
    edit = """mutation($input: PersonEditInput!) {
      personEdit(input: $input) { person { id workEmail } errors { code field } } }"""
    edited = await company.query("hr", edit, input={"id": id, "workEmail": f" {kept} "})
    given = unicodedata.normalize("NFC", kept)
    assert edited["personEdit"] == {"person": {"id": id, "workEmail": given}, "errors": []}
    where = "query($where: PersonWhere!) { people(where: $where) { nodes { id } } }"
    for address in ADDRESSES:
        assert await find(company, "ruler", "person", {"workEmail": address}) == id
        for comparison in (
            {"eq": address},
            {"in": ["nobody@no.example", address]},
            {"startsWith": address[:5]},
            {"contains": address.partition("@")[2]},
        ):
            found = await company.query("ruler", where, where={"workEmail": comparison})
            assert found["people"]["nodes"] == [{"id": id}], comparison
        for comparison in ({"neq": address}, {"nin": [address]}):
            found = await company.query("ruler", where, where={"workEmail": comparison})
            assert {"id": id} not in found["people"]["nodes"], comparison
        other = {"id": company.encode_id("person", "boss"), "workEmail": address}
        refused = await company.query("hr", edit, input=other)
        not_unique = {"code": "NOT_UNIQUE", "field": ["workEmail"]}
        assert refused["personEdit"] == {"person": None, "errors": [not_unique]}


async def test_codes_and_numbers_are_compared_without_regard_to_case(company: Company) -> None:
    mara, dock = company.encode_id("person", "mara"), company.encode_id("org", "dock")
    renamed = await company.mutate(
        "hr", "organizationEdit", "organization { code }", id=dock, code="Dock-Ä"
    )
    numbered = await company.mutate(
        "hr", "personChangeEmployeeNumber", "person { id }", id=mara, employeeNumber="e-77"
    )
    assert (renamed["organization"], numbered["errors"]) == ({"code": "Dock-Ä"}, [])
    code, number = "DOCK-ä", "E-77"
    where = """query($code: String!, $number: String!) {
      people(where: { employeeNumber: { in: [$number] } }) { nodes { id employeeNumber } }
      organizations(where: { code: { eq: $code } }) { nodes { id code } } }"""
    assert await company.query("hr", where, code=code, number=number) == {
        "people": {"nodes": [{"id": mara, "employeeNumber": "e-77"}]},
        "organizations": {"nodes": [{"id": dock, "code": "Dock-Ä"}]},
    }
    boss, top = company.encode_id("person", "boss"), company.encode_id("org", "hq")
    for verb, field, id in (
        ("organizationEdit", {"code": code}, top),
        ("personChangeEmployeeNumber", {"employeeNumber": number}, boss),
    ):
        refused = await company.mutate("hr", verb, "", id=id, **field)
        assert [(each["code"], each["field"]) for each in refused["errors"]] == [
            ("NOT_UNIQUE", [*field])
        ]
