"""People through the graph: planned changes are hidden from most callers."""

from typing import Any

import pytest

from tests.api.company import Company

PLANNED = """query($id: ID!) { person(by: {id: $id}) {
    manager { name } then: manager(asOf: "2026-12-01") { name }
    chain: managementChain(asOf: "2026-12-01") { name }
    reportingLines { startsOn endsOn manager { name } }
} }"""
LINE = "query($id: ID!) { node(id: $id) { ... on ReportingLine { manager { name } } } }"
REPORTS = """query($id: ID!) { person(by: {id: $id}) {
    reports { nodes { name } } then: reports(asOf: "2026-12-01") { nodes { name } }
} }"""
PAST = [
    {"startsOn": "2020-01-01", "endsOn": "2026-05-31", "manager": {"name": "Former Okafor"}},
]
DOTTED = {"startsOn": "2020-01-01", "endsOn": None, "manager": {"name": "Analyst Okafor"}}


@pytest.mark.parametrize(
    ("who", "knows"),
    [
        ("hr", True),
        ("hr_ops", True),
        ("admin", True),
        ("mara", False),
        ("boss", False),
        ("chief", False),
        ("peer", False),
        ("former", False),
        ("lead", False),
        ("hr_far", False),
        ("analyst", False),
    ],
)
async def test_who_knows_of_a_manager_to_come(company: Company, who: str, knows: bool) -> None:  # noqa: FBT001
    mara, lead = company.encode_id("person", "mara"), company.encode_id("person", "lead")
    to_come = {"startsOn": "2026-12-01", "endsOn": None, "manager": {"name": "Lead Okafor"}}
    line = await a_line_to_come(company, mara, lead)

    found = (await company.query(who, PLANNED, id=mara))["person"]
    assert found["manager"] == {"name": "Boss Okafor"}
    assert found["then"] == ({"name": "Lead Okafor"} if knows else None)
    assert found["chain"] == ([{"name": "Lead Okafor"}] if knows else [])
    now = {"startsOn": "2026-06-01", "manager": {"name": "Boss Okafor"}}
    lines = [each for each in found["reportingLines"] if each != DOTTED]
    assert lines == [
        *PAST,
        now | {"endsOn": "2026-11-30" if knows else None},
        *([to_come] if knows else []),
    ]
    alone = (await company.query(who, LINE, id=line))["node"]
    assert alone == ({"manager": {"name": "Lead Okafor"}} if knows else None)
    below = (await company.query(who, REPORTS, id=lead))["person"]
    assert below["reports"]["nodes"] == []
    assert below["then"]["nodes"] == ([{"name": "Mara Okafor"}] if knows else [])


async def a_line_to_come(company: Company, who: str, manager: str) -> str:
    """Add a line that begins in December; return its id."""
    changed = await company.mutate(
        "hr",
        "personAssignManager",
        "person { reportingLines { id startsOn } }",
        id=who,
        managerId=manager,
        startsOn="2026-12-01",
    )
    (line,) = (
        each["id"]
        for each in changed["person"]["reportingLines"]
        if each["startsOn"] == "2026-12-01"
    )
    return str(line)


CHAIN = """query($low: ID!, $top: ID!) {
    low: person(by: {id: $low}) { managementChain(asOf: "2026-12-01") { name } }
    top: person(by: {id: $top}) {
        managementChain(asOf: "2026-12-01") { name }
        reports(asOf: "2026-12-01", depth: 9) { totalCount nodes { name } }
    }
}"""


async def test_a_chain_to_come_is_known_as_far_as_the_plans_of_those_in_it(
    company: Company,
) -> None:
    """Mara is in the unit that `hr_ops` looks after; `former`, who is to be her manager, is not."""
    mara, former, peer = (company.encode_id("person", each) for each in ("mara", "former", "peer"))
    still = await company.query("hr_ops", CHAIN, low=mara, top=peer)
    names = [each["name"] for each in still["low"]["managementChain"]]
    assert names == ["Boss Okafor", "Chief Okafor"], "who was between once does not count"
    await a_line_to_come(company, former, peer)
    await a_line_to_come(company, mara, former)

    whole = await company.query("hr", CHAIN, low=mara, top=peer)
    names = [each["name"] for each in whole["low"]["managementChain"]]
    assert names == ["Former Okafor", "Peer Okafor", "Boss Okafor", "Chief Okafor"]
    below = whole["top"]["reports"]
    assert below["totalCount"] == 2
    assert [each["name"] for each in below["nodes"]] == ["Former Okafor", "Mara Okafor"]

    cut = await company.query("hr_ops", CHAIN, low=mara, top=peer)
    assert cut["low"]["managementChain"] == [{"name": "Former Okafor"}]
    assert [each["name"] for each in cut["top"]["managementChain"]] == [
        "Boss Okafor",
        "Chief Okafor",
    ]
    assert cut["top"]["reports"] == {"totalCount": 0, "nodes": []}


async def test_somebody_hired_for_later_is_upcoming_even_if_an_end_is_set(
    company: Company,
) -> None:
    hired = await company.mutate(
        "hr", "personHire", "person { id }", givenName="Nia", hiredOn="2026-09-01"
    )
    id = hired["person"]["id"]
    left = await company.mutate(
        "hr", "personDepart", "person { employmentStatus }", id=id, lastDay="2026-08-31"
    )
    assert left["person"] == {"employmentStatus": "UPCOMING"}


async def test_everyone_knows_who_works_here_and_only_some_since_when(company: Company) -> None:
    document = """query($here: Boolean) {
        people(first: 100, where: { worksHere: { eq: $here } }) {
            nodes { name worksHere employmentStatus lastDay }
        }
    }"""
    gone = (await company.query("mara", document, here=False))["people"]["nodes"]
    assert gone == [
        {"name": "Alumna Okafor", "worksHere": False, "employmentStatus": None, "lastDay": None}
    ]
    here = (await company.query("mara", document, here=True))["people"]["nodes"]
    assert {"Peer Okafor": True, "Mara Okafor": True}.items() <= {
        each["name"]: each["worksHere"] for each in here
    }.items()
    assert "Alumna Okafor" not in {each["name"] for each in here}
    assert next(each for each in here if each["name"] == "Peer Okafor")["employmentStatus"] is None


async def test_nobody_is_hired_into_a_unit_that_has_ended(company: Company) -> None:
    payload = await company.mutate(
        "hr",
        "personHire",
        "person { id }",
        givenName="Nia",
        organizationId=company.encode_id("org", "closed"),
    )
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("INVALID", ["organizationId"])
    ]


async def test_one_name_in_another_system_is_one_person(company: Company) -> None:
    reference = {"source": "workday-eu", "id": "4711"}
    first = await company.mutate(
        "hr", "personHire", "person { id }", givenName="Nia", references=[reference]
    )
    assert first["errors"] == []
    other = [{"source": "sap", "id": "1"}, reference]
    second = await company.mutate(
        "hr", "personHire", "person { id }", givenName="Una", references=other
    )
    assert [(each["code"], each["field"]) for each in second["errors"]] == [
        ("NOT_UNIQUE", ["references", "1", "id"])
    ]
    third = await company.mutate(
        "hr",
        "personAddExternalReference",
        "person { id }",
        id=company.encode_id("person", "mara"),
        reference=reference,
    )
    assert [(each["code"], each["field"]) for each in third["errors"]] == [
        ("NOT_UNIQUE", ["reference", "id"])
    ]
    again = await company.mutate(
        "hr",
        "personAddExternalReference",
        "person { version }",
        id=first["person"]["id"],
        reference=reference,
    )
    assert again == {"person": {"version": 1}, "errors": []}


async def test_an_edit_leaves_alone_what_its_editor_may_not_see(
    company: Company, owner: Any
) -> None:
    mara = company.people["mara"]
    payload = await company.mutate(
        "admin",
        "personEdit",
        "person { employeeNumber hiredOn }",
        id=company.encode_id("person", "mara"),
        givenName="Maria",
        timeZone="Europe/Oslo",
    )
    assert payload == {"person": {"employeeNumber": None, "hiredOn": None}, "errors": []}
    async with owner.transaction(readonly=True):
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        row = await owner.fetchrow(
            "SELECT given_name, time_zone, employee_number, hired_on FROM people"
            " WHERE tenant_id = $1 AND id = $2",
            company.tenant_id,
            mara.id,
        )
    assert tuple(row) == ("Maria", "Europe/Oslo", mara.employee_number, mara.hired_on)
