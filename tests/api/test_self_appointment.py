"""Self-appointments over the graph: refused, allowed with a reason, and marked in the audit log."""

from typing import Any

import pytest

from tests.api.company import Company, a_company

pytestmark = pytest.mark.anyio

ENTRIES = """{ auditLog(first: 3, where: { entity: { eq: PERSON } }) { nodes {
  action actor { id } subject { ... on Person { id } } changes { field after } } } }"""


@pytest.fixture
async def company(owner: Any, pool: Any, writing: Any) -> Company:
    found: Company = await a_company(owner, pool, writing, alone=True)
    return found


async def assign_admin(company: Company, **input: Any) -> Any:
    """Let the admin become the manager of Mara, whom several people report to."""
    payload = await company.mutate(
        "admin",
        "personAssignManager",
        "person { manager { id } }",
        id=company.encode_id("person", "mara"),
        managerId=company.encode_id("person", "admin"),
        **input,
    )
    return payload["errors"] or payload["person"]["manager"]["id"]


async def test_an_allowed_self_appointment_is_an_entry_of_its_own(company: Company) -> None:
    admin = company.encode_id("person", "admin")
    message = "You would give yourself rights that you do not hold. Ask somebody who holds them."
    error = {"code": "SELF_APPOINTMENT", "field": ["managerId"], "message": message}
    assert await assign_admin(company, selfAppointmentReason="Acting head") == [error]
    await company.mutate("admin", "tenantEdit", "tenant { id }", allowsSelfAppointment=True)
    message = "The reason is missing. Write why you give yourself these rights."
    error = {"code": "REQUIRED", "field": ["selfAppointmentReason"], "message": message}
    assert await assign_admin(company) == [error]
    before = (await company.query("admin", ENTRIES))["auditLog"]["nodes"]
    assert "SELF_APPOINTED" not in {each["action"] for each in before}

    assert await assign_admin(company, selfAppointmentReason="Acting head") == admin
    entries = (await company.query("admin", ENTRIES))["auditLog"]["nodes"]
    assert [each["action"] for each in entries[:2]] == ["MANAGER_ASSIGNED", "SELF_APPOINTED"]
    assert entries[1]["actor"] == {"id": admin}
    assert entries[1]["subject"] == {"id": company.encode_id("person", "mara")}
    assert {"field": "reason", "after": "Acting head"} in entries[1]["changes"]


async def test_a_reason_is_ignored_where_nothing_new_is_conferred(company: Company) -> None:
    payload = await company.mutate(
        "hr",
        "personAssignManager",
        "person { manager { id } }",
        id=company.encode_id("person", "mara"),
        managerId=company.encode_id("person", "hr"),
        selfAppointmentReason="Not needed",
    )
    assert payload["errors"] == []
    entries = (await company.query("admin", ENTRIES))["auditLog"]["nodes"]
    assert [each["action"] for each in entries[:1]] == ["MANAGER_ASSIGNED"]
    assert "SELF_APPOINTED" not in {each["action"] for each in entries}


@pytest.mark.parametrize("who", ["hr", "admin"])
async def test_the_private_goals_of_a_team_are_not_taken_by_its_new_lead(
    company: Company, who: str
) -> None:
    payload = await company.mutate(
        who,
        "teamAddMember",
        "team { id }",
        id=company.encode_id("team", "dispatch"),
        personId=company.encode_id("person", who),
        role="LEAD",
    )
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("SELF_APPOINTMENT", ["role"])
    ]
    query = "query ($id: ID!) { team(by: { id: $id }) { leads { nodes { id } } } }"
    data = await company.query(who, query, id=company.encode_id("team", "dispatch"))
    assert company.encode_id("person", who) not in str(data)
