"""Invitations: a code, or a verified e-mail of a named issuer, binds a subject to an account."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from api.kernel.execution.engine import Request
from domain.inviting import ENDED
from tests.api.company import Company
from tests.factories.graph import a_caller

SELECTION = """member { id status subject invitedUntil assignments { role { key } } }
  invitation { code expiresAt }"""
ACCEPT = """mutation($input: InvitationAcceptInput!) { invitationAccept(input: $input) {
  member { status subject } errors { code field message } } }"""
REFUSED = [{"code": "INVALID", "field": ["code"], "message": ENDED}]


async def _invite(company: Company, who: str = "admin", **more: Any) -> Any:
    input = {"person": {"id": company.encode_id("person", "newcomer")}, "roles": []} | more
    return await company.mutate(who, "memberInvite", SELECTION, **input)


async def _accept(company: Company, subject: str, email: str | None = None, **input: Any) -> Any:
    graph = company.graph
    caller = replace(a_caller(graph.tenant_id, subject), verified_email=email)
    request = Request(ACCEPT, {"input": input})
    response = await graph.engine.execute(request, caller, request_id="request-1")
    body = orjson.loads(response.body)
    assert "errors" not in body, body
    return body["data"]["invitationAccept"]


def _choose_role(company: Company, key: str) -> list[dict[str, Any]]:
    return [{"roleId": company.encode_id("role", key)}]


async def test_the_code_binds_a_subject_once(company: Company) -> None:
    made = await _invite(company, roles=_choose_role(company, "employee"))
    assert made["errors"] == []
    member, code = made["member"], made["invitation"]["code"]
    assert (member["status"], member["assignments"]) == ("INVITED", [{"role": {"key": "employee"}}])
    assert made["invitation"]["expiresAt"] == member["invitedUntil"]
    response = await company.graph.execute(member["subject"], "{ viewer { id } }")
    assert response.status == 403  # the text in place of the subject opens nothing

    accepted = await _accept(company, "newcomer-1", code=code)
    assert accepted == {"member": {"status": "ACTIVE", "subject": "newcomer-1"}, "errors": []}
    viewer = await company.query("newcomer-1", "{ viewer { person { name } roles { key } } }")
    assert viewer["viewer"] == {
        "person": {"name": "Newcomer Okafor"},
        "roles": [{"key": "employee"}],
    }
    again = await _accept(company, "newcomer-2", code=code)
    assert (again["member"], again["errors"]) == (None, REFUSED)


async def test_nothing_is_told_of_an_invitation_that_is_wrong(company: Company) -> None:
    made = await _invite(company)
    code = made["invitation"]["code"]
    for wrong in ("x", code[:-1], code.upper(), f"{code}x"):
        assert (await _accept(company, "thief", code=wrong))["errors"] == REFUSED
    company.graph.now += timedelta(days=7)
    assert (await _accept(company, "late", code=code))["errors"] == REFUSED
    unknown = await _accept(company, "thief", "newcomer@meridian.example")
    assert [(each["message"], each["field"]) for each in unknown["errors"]] == [(ENDED, None)]
    response = await company.graph.execute("thief", "{ viewer { id } }")
    assert response.status == 403


async def test_inviting_again_ends_the_code_and_replaces_the_roles(company: Company) -> None:
    first = await _invite(company, roles=_choose_role(company, "employee"))
    second = await _invite(company, roles=_choose_role(company, "analyst"), validDays=1)
    assert second["member"]["id"] == first["member"]["id"]
    assert second["member"]["assignments"] == [{"role": {"key": "analyst"}}]
    assert (await _accept(company, "me", code=first["invitation"]["code"]))["errors"] == REFUSED
    assert (await _accept(company, "me", code=second["invitation"]["code"]))["errors"] == []
    third = await _invite(company)
    assert [(each["code"], each["field"]) for each in third["errors"]] == [
        ("NOT_UNIQUE", ["person"])
    ]


async def test_a_revoked_invitation_opens_nothing_and_cannot_be_restored(company: Company) -> None:
    made = await _invite(company, roles=_choose_role(company, "employee"))
    id, code = made["member"]["id"], made["invitation"]["code"]
    removed = await company.mutate("admin", "memberRemove", "member { status invitedUntil }", id=id)
    assert removed["member"] == {"status": "REMOVED", "invitedUntil": None}
    assert (await _accept(company, "me", code=code))["errors"] == REFUSED
    can = "member { status viewerCan }"
    restored = await company.mutate("admin", "memberRestore", can, id=id)
    assert [each["code"] for each in restored["errors"]] == ["STATE_CONFLICT"]
    read = await company.query(
        "admin", f'{{ node(id: "{id}") {{ ... on Member {{ viewerCan }} }} }}'
    )
    assert "RESTORE" not in read["node"]["viewerCan"]
    assert "INVITE" in read["node"]["viewerCan"]
    assert (await _invite(company))["member"]["status"] == "INVITED"


async def test_a_verified_email_counts_for_the_issuer_that_the_invitation_names(
    company: Company,
) -> None:
    issuer = next(each for each in company.issuers.values() if each.key and not each.is_shared)
    named = {"issuerId": company.encode_id("issuer", _get_name(company, issuer))}
    person = {"workEmail": "NEWCOMER@meridian.example"}
    plain = await _invite(company, person=person)
    mine, email = f"@{issuer.key}:me", "Newcomer@Meridian.example"
    assert plain["errors"] == []
    assert (await _accept(company, mine, email))["errors"][0]["message"] == ENDED  # none is named
    assert (await _invite(company, person=person, **named))["errors"] == []
    for subject, address in (
        ("@other:me", email),
        ("me", email),
        (mine, None),
        (mine, "mara@meridian.example"),
    ):
        assert (await _accept(company, subject, address))["errors"][0]["message"] == ENDED
    accepted = await _accept(company, mine, email)
    assert accepted == {"member": {"status": "ACTIVE", "subject": mine}, "errors": []}


def _get_name(company: Company, issuer: Any) -> str:
    return next(name for name, each in company.issuers.items() if each is issuer)


async def test_a_member_accepts_nothing(company: Company) -> None:
    code = (await _invite(company))["invitation"]["code"]
    refused = await _accept(company, "mara", code=code)
    assert [each["code"] for each in refused["errors"]] == ["NOT_PERMITTED"]
    response = await company.graph.execute("removed", ACCEPT, input={"code": code})
    assert response.status == 403  # an account that was closed is not opened by an invitation


async def test_of_twenty_who_accept_at_once_one_does(company: Company) -> None:
    code = (await _invite(company))["invitation"]["code"]
    found = await asyncio.gather(*(_accept(company, f"s-{n}", code=code) for n in range(20)))
    assert sorted(len(each["errors"]) for each in found) == [0] + [1] * 19
    assert {each["errors"][0]["message"] for each in found if each["errors"]} == {ENDED}


async def test_nobody_invites_with_rights_that_they_do_not_hold(company: Company) -> None:
    refused = await _invite(company, roles=_choose_role(company, "hr"))
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("SELF_APPOINTMENT", ["roles", "0", "roleId"])
    ]
    assert (refused["member"], refused["invitation"]) == (None, None)
    person = company.encode_id("person", "newcomer")
    read = await company.query(
        "admin", f'{{ node(id: "{person}") {{ ... on Person {{ member {{ id }} }} }} }}'
    )
    assert read["node"] == {"member": None}


async def test_an_invitation_gives_no_role_that_a_second_admin_has_to_approve(
    company: Company,
) -> None:
    roles = _choose_role(company, "employee")
    before = await _invite(company, roles=roles)
    await company.mutate("admin", "tenantEdit", "tenant { id }", requiresSecondAdmin=True)
    refused = await _invite(company, roles=roles + _choose_role(company, "analyst"))
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("APPROVAL_REQUIRED", ["roles", "1", "roleId"])
    ]
    again = await _invite(company, roles=roles)  # the role was given before
    assert again["errors"] == []
    assert again["member"]["assignments"] == before["member"]["assignments"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"person": {"workEmail": "who@meridian.example"}}, ("person", "workEmail")),
        ({"person": {"workEmail": "abroad@meridian.example"}}, ("person", "workEmail")),
        ({"validDays": 31}, ("validDays",)),
        ({"validDays": 0}, ("validDays",)),
    ],
)
async def test_a_wrong_input_is_named(
    company: Company, more: dict[str, Any], expected: tuple[str, ...]
) -> None:
    refused = await _invite(company, **more)
    assert [tuple(each["field"]) for each in refused["errors"]] == [expected]
    assert refused["invitation"] is None
