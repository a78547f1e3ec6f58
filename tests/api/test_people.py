"""People through the graph: what is planned is not for everybody."""

import pytest

from tests.api.company import Company

PLANNED = """query($id: ID!) { person(by: {id: $id}) {
    manager { name } then: manager(asOf: "2026-12-01") { name }
    chain: managementChain(asOf: "2026-12-01") { name }
    reportingLines { startsOn endsOn manager { name } }
} }"""
REPORTS = """query($id: ID!) { person(by: {id: $id}) {
    reports { nodes { name } } then: reports(asOf: "2026-12-01") { nodes { name } }
} }"""
PAST = [
    {"startsOn": "2020-01-01", "endsOn": "2026-06-01", "manager": {"name": "Former Okafor"}},
]
DOTTED = {"startsOn": "2020-01-01", "endsOn": None, "manager": {"name": "Analyst Okafor"}}


@pytest.mark.parametrize(
    ("who", "knows"),
    [
        ("hr", True),
        ("hr_ops", True),
        ("mara", True),
        ("boss", True),
        ("chief", True),
        ("peer", False),
        ("former", False),
        ("lead", False),
        ("hr_far", False),
        ("admin", False),
        ("analyst", False),
    ],
)
async def test_who_knows_of_a_manager_to_come(company: Company, who: str, knows: bool) -> None:  # noqa: FBT001
    mara, lead = company.id("person", "mara"), company.id("person", "lead")
    changed = await company.tell(
        "hr", "personAssignManager", "person { id }", id=mara, managerId=lead, startsOn="2026-12-01"
    )
    assert changed["errors"] == []

    found = (await company.ask(who, PLANNED, id=mara))["person"]
    assert found["manager"] == {"name": "Boss Okafor"}
    assert found["then"] == ({"name": "Lead Okafor"} if knows else None)
    assert found["chain"] == ([{"name": "Lead Okafor"}] if knows else [])
    now = {"startsOn": "2026-06-01", "manager": {"name": "Boss Okafor"}}
    to_come = {"startsOn": "2026-12-01", "endsOn": None, "manager": {"name": "Lead Okafor"}}
    lines = [each for each in found["reportingLines"] if each != DOTTED]
    assert lines == [
        *PAST,
        now | {"endsOn": "2026-12-01" if knows else None},
        *([to_come] if knows else []),
    ]
    below = (await company.ask(who, REPORTS, id=lead))["person"]
    assert below["reports"]["nodes"] == []
    assert below["then"]["nodes"] == ([{"name": "Mara Okafor"}] if knows else [])


async def test_somebody_hired_for_later_is_upcoming_even_if_an_end_is_set(
    company: Company,
) -> None:
    hired = await company.tell(
        "hr", "personHire", "person { id }", givenName="Nia", hiredOn="2026-09-01"
    )
    id = hired["person"]["id"]
    left = await company.tell(
        "hr", "personLeave", "person { employmentStatus }", id=id, leftOn="2026-09-01"
    )
    assert left["person"] == {"employmentStatus": "UPCOMING"}


async def test_nobody_is_hired_into_a_unit_that_has_ended(company: Company) -> None:
    payload = await company.tell(
        "hr",
        "personHire",
        "person { id }",
        givenName="Nia",
        organizationId=company.id("org", "closed"),
    )
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("INVALID", ["organizationId"])
    ]


async def test_one_name_in_another_system_is_one_person(company: Company) -> None:
    reference = {"source": "workday-eu", "id": "4711"}
    first = await company.tell(
        "hr", "personHire", "person { id }", givenName="Nia", references=[reference]
    )
    assert first["errors"] == []
    other = [{"source": "sap", "id": "1"}, reference]
    second = await company.tell(
        "hr", "personHire", "person { id }", givenName="Una", references=other
    )
    assert [(each["code"], each["field"]) for each in second["errors"]] == [
        ("NOT_UNIQUE", ["references", "1", "id"])
    ]
    third = await company.tell(
        "hr", "personRefer", "person { id }", id=company.id("person", "mara"), reference=reference
    )
    assert [(each["code"], each["field"]) for each in third["errors"]] == [
        ("NOT_UNIQUE", ["reference", "id"])
    ]
    again = await company.tell(
        "hr", "personRefer", "person { version }", id=first["person"]["id"], reference=reference
    )
    assert again == {"person": {"version": 1}, "errors": []}
