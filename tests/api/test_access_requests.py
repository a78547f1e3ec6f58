"""Changes of rights that wait for a second admin, from the setting to the audit log."""

from typing import Any

from tests.api.company import Company

ROLES = "query($id: ID!) { member(by: {id: $id}) { assignments { role { key } } } }"
REQUEST = "accessRequest { id status decidedBy { name } }"
TASKS = """{ viewer { tasks(where: {kind: {eq: ACCESS_REQUEST}}) {
    nodes { dueOn mutations subject { ... on AccessRequest { id reason } } } } } }"""


async def _require(company: Company) -> None:
    payload = await company.mutate("admin", "tenantEdit", "tenant { id }", requiresSecondAdmin=True)
    assert payload["errors"] == []


async def _list_roles(company: Company, who: str = "mara") -> list[str]:
    found = await company.query("admin", ROLES, id=company.encode_id("member", who))
    return [each["role"]["key"] for each in found["member"]["assignments"]]


def _ask(company: Company, role: str = "analyst", who: str = "mara") -> dict[str, Any]:
    return {
        "memberId": company.encode_id("member", who),
        "roleId": company.encode_id("role", role),
        "reason": "She counts the goals.",
    }


async def _mutate(company: Company, who: str, verb: str, **input: Any) -> dict[str, Any]:
    return await company.mutate(who, verb, REQUEST, **input)


def _list_codes(payload: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    return [(each["code"], each["field"]) for each in payload["errors"]]


async def test_a_role_waits_for_a_second_admin_who_finds_a_task(company: Company) -> None:
    await _require(company)
    given = _ask(company)
    refused = await company.mutate(
        "admin",
        "memberAssignRole",
        "member { id }",
        id=given["memberId"],
        roleId=given["roleId"],
    )
    assert [(each["code"], each["message"]) for each in refused["errors"]] == [
        (
            "APPROVAL_REQUIRED",
            (
                "A second admin has to approve this. Ask for it with `accessRequestAssignRole`, and"
                " another admin decides."
            ),
        )
    ]
    assert await _list_roles(company) == ["employee"]

    asked = await _mutate(company, "admin", "accessRequestAssignRole", **given)
    id = asked["accessRequest"]["id"]
    assert (asked["accessRequest"]["status"], await _list_roles(company)) == (
        "PENDING",
        ["employee"],
    )
    found = (await company.query("ruler", TASKS))["viewer"]["tasks"]["nodes"]
    assert {
        "dueOn": "2026-06-29",
        "mutations": ["accessRequestApprove", "accessRequestRefuse"],
        "subject": {"id": id, "reason": "She counts the goals."},
    } in found
    tasks = (await company.query("admin", TASKS))["viewer"]["tasks"]["nodes"]
    assert id not in [each["subject"]["id"] for each in tasks]

    own = await _mutate(company, "admin", "accessRequestApprove", id=id)
    assert (_list_codes(own), await _list_roles(company)) == (
        [("NOT_PERMITTED", None)],
        ["employee"],
    )
    approved = await _mutate(company, "ruler", "accessRequestApprove", id=id)
    assert approved["accessRequest"] == {
        "id": id,
        "status": "APPROVED",
        "decidedBy": {"name": "Ruler Okafor"},
    }
    assert await _list_roles(company) == ["employee", "analyst"]
    again = await _mutate(company, "ruler", "accessRequestApprove", id=id)
    assert _list_codes(again) == [("STATE_CONFLICT", None)]
    tasks = (await company.query("ruler", TASKS))["viewer"]["tasks"]["nodes"]
    assert id not in [each["subject"]["id"] for each in tasks]


async def test_both_admins_are_in_the_audit_log(company: Company) -> None:
    asked = await _mutate(company, "ruler", "accessRequestAssignRole", **_ask(company))
    id = asked["accessRequest"]["id"]
    await _mutate(company, "admin", "accessRequestApprove", id=id)
    history = "history(first: 5) { nodes { action actor { name } } }"
    found = await company.query(
        "ruler",
        f"""query($id: ID!, $member: ID!) {{
            accessRequest(by: {{id: $id}}) {{ {history} }}
            member(by: {{id: $member}}) {{ {history} }}
        }}""",
        id=id,
        member=company.encode_id("member", "mara"),
    )
    assert found["accessRequest"]["history"]["nodes"] == [
        {"action": "APPROVED", "actor": {"name": "Admin Okafor"}},
        {"action": "REQUESTED", "actor": {"name": "Ruler Okafor"}},
    ]
    assert found["member"]["history"]["nodes"][0] == {
        "action": "ROLE_ASSIGNED",
        "actor": {"name": "Admin Okafor"},
    }


async def test_who_gains_does_not_approve(company: Company) -> None:
    asked = await _mutate(
        company, "ruler", "accessRequestAssignRole", **_ask(company, "analyst", "admin")
    )
    # The ruler asks for the admin, so neither of the two may decide.
    assert _list_codes(asked) == [("STATE_CONFLICT", None)]
    assert "Nobody else may approve this." in asked["errors"][0]["message"]
    assert await _list_roles(company, "admin") == ["employee", "tenant_admin"]


async def test_nobody_approves_new_grants_of_a_role_that_they_have(company: Company) -> None:
    await _require(company)
    grants = [{"permission": each} for each in ("DIRECTORY_READ", "GOALS_READ", "KPIS_READ")]
    role = company.encode_id("role", "employee")
    refused = await company.mutate("admin", "roleSetGrants", "role { id }", id=role, grants=grants)
    assert _list_codes(refused) == [("APPROVAL_REQUIRED", ["grants"])]
    # Everybody is an employee.
    asked = await _mutate(
        company,
        "admin",
        "accessRequestSetGrants",
        roleId=role,
        grants=grants,
        reason="All look at KPIs.",
    )
    assert _list_codes(asked) == [("STATE_CONFLICT", None)]
    fewer = await company.mutate(
        "admin", "roleSetGrants", "role { id }", id=role, grants=grants[:1]
    )
    assert fewer["errors"] == []


async def test_a_request_is_refused_as_the_change_would_be(company: Company) -> None:
    unheld = await _mutate(company, "admin", "accessRequestAssignRole", **_ask(company, "hr"))
    assert _list_codes(unheld) == [("NOT_PERMITTED", ["roleId"])]
    past = await _mutate(
        company,
        "admin",
        "accessRequestAssignRole",
        **_ask(company),
        startsAt="2001-01-01T00:00:00Z",
        expiresAt="2000-01-01T00:00:00Z",
    )
    assert _list_codes(past) == [("OUT_OF_RANGE", ["startsAt"]), ("OUT_OF_RANGE", ["expiresAt"])]
    await _mutate(company, "admin", "accessRequestAssignRole", **_ask(company))
    twice = await _mutate(company, "admin", "accessRequestAssignRole", **_ask(company))
    assert _list_codes(twice) == [("STATE_CONFLICT", None)]
    assert await _list_roles(company) == ["employee"]


async def test_the_setting_is_turned_off_by_two(company: Company) -> None:
    await _require(company)
    refused = await company.mutate(
        "admin", "tenantEdit", "tenant { id }", requiresSecondAdmin=False
    )
    assert _list_codes(refused) == [("APPROVAL_REQUIRED", ["requiresSecondAdmin"])]
    asked = await _mutate(company, "admin", "accessRequestEndApproval", reason="We are too few.")
    id = asked["accessRequest"]["id"]
    await _mutate(company, "ruler", "accessRequestApprove", id=id)
    found = await company.query("admin", "{ tenant { requiresSecondAdmin } }")
    assert found["tenant"] == {"requiresSecondAdmin": False}


async def test_a_tenant_with_one_admin_cannot_turn_it_on(company: Company) -> None:
    ruler = company.encode_id("member", "ruler")
    await company.mutate("admin", "memberRemove", "member { id }", id=ruler)
    refused = await company.mutate("admin", "tenantEdit", "tenant { id }", requiresSecondAdmin=True)
    assert _list_codes(refused) == [("STATE_CONFLICT", ["requiresSecondAdmin"])]
    found = await company.query("admin", "{ tenant { requiresSecondAdmin } }")
    assert found["tenant"] == {"requiresSecondAdmin": False}


async def test_who_may_not_make_the_change_any_longer_gets_no_approval(
    company: Company,
) -> None:
    asked = await _mutate(company, "ruler", "accessRequestAssignRole", **_ask(company))
    ruler = company.encode_id("member", "ruler")
    await company.mutate("admin", "memberRemove", "member { id }", id=ruler)
    refused = await _mutate(
        company, "admin", "accessRequestApprove", id=asked["accessRequest"]["id"]
    )
    assert _list_codes(refused) == [("STATE_CONFLICT", None)]
    assert await _list_roles(company) == ["employee"]
