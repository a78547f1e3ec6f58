"""Subjects of many members at once: all or none, with a dry run first."""

import asyncio
from typing import Any

import pytest

from tests.api.company import Company

pytestmark = pytest.mark.anyio

SELECTION = "result { changes { memberId before after } needsConfirmation }"
SUBJECT_ENTRIES = """{ auditLog(where: { action: { eq: SUBJECT_CHANGED } }) { nodes {
  changes { before after } } } }"""
FORBIDDEN = 403


async def change(company: Company, *changes: Any, who: str = "admin", **input: Any) -> Any:
    return await company.mutate(
        who, "membersChangeSubjects", SELECTION, changes=[*changes], **input
    )


def rename(company: Company, who: str, subject: str) -> dict[str, Any]:
    return {"member": {"id": company.encode_id("member", who)}, "newSubject": subject}


def rename_subject(before: str, after: str) -> dict[str, Any]:
    return {"member": {"subject": before}, "newSubject": after}


async def can_sign_in(company: Company, subject: str) -> bool:
    response = await company.graph.execute(subject, "{ viewer { id } }")
    return response.status != FORBIDDEN


async def get_name(company: Company, subject: str) -> str:
    viewer = (await company.query(subject, "{ viewer { person { name } } }"))["viewer"]
    return str(viewer["person"]["name"])


async def list_changes(company: Company) -> set[tuple[str, str]]:
    log = await company.query("admin", SUBJECT_ENTRIES)
    return {
        (each["before"], each["after"])
        for entry in log["auditLog"]["nodes"]
        for each in entry["changes"]
    }


async def count_self_appointments(company: Company) -> int:
    query = "{ auditLog(where: { action: { eq: SELF_APPOINTED } }) { totalCount } }"
    return int((await company.query("admin", query))["auditLog"]["totalCount"])


async def test_members_swap_subjects_and_a_dry_run_changes_nothing(company: Company) -> None:
    rows = [
        rename(company, "mara", "peer"),
        rename_subject("peer", "lead"),
        rename_subject("lead", "mara"),
        rename(company, "boss", "boss"),
    ]
    swaps = [("mara", "peer"), ("peer", "lead"), ("lead", "mara")]
    expected = {
        "changes": [
            {"memberId": company.encode_id("member", who), "before": who, "after": new}
            for who, new in swaps
        ],
        "needsConfirmation": False,
    }
    name_of_lead = await get_name(company, "lead")

    tried = await change(company, *rows, dryRun=True)
    assert tried == {"result": expected, "errors": []}
    assert await get_name(company, "lead") == name_of_lead
    assert await list_changes(company) == set()

    assert await change(company, *rows) == tried
    assert await get_name(company, "mara") == name_of_lead
    assert await list_changes(company) == {*swaps}


async def test_all_faults_are_reported_together_and_nothing_changes(company: Company) -> None:
    rows = [
        rename_subject("who", "a"),
        rename_subject("abroad", "b"),
        rename(company, "mara", " "),
        rename(company, "peer", "new"),
        rename_subject("peer", "other"),
        rename(company, "boss", "c"),
    ]
    refused = await change(company, *rows)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["changes", "0", "member", "subject"]),
        ("REFERENCE_NOT_FOUND", ["changes", "1", "member", "subject"]),
        ("REQUIRED", ["changes", "2", "newSubject"]),
        ("NOT_UNIQUE", ["changes", "4"]),
    ]
    taken = await change(
        company,
        rename(company, "mara", "boss"),
        rename(company, "peer", "new"),
        rename(company, "lead", "new"),
    )
    assert [(each["code"], each["field"]) for each in taken["errors"]] == [
        ("NOT_UNIQUE", ["changes", "0", "newSubject"]),
        ("NOT_UNIQUE", ["changes", "2", "newSubject"]),
    ]
    assert taken["result"] is None
    for who in ("mara", "peer", "lead", "boss"):
        assert await can_sign_in(company, who), who
    assert await list_changes(company) == set()


async def test_nobody_is_locked_out_without_a_confirmation(company: Company) -> None:
    mine = rename(company, "admin", "admin-2")
    tried = await change(company, mine, dryRun=True)
    assert tried["result"]["needsConfirmation"] is True

    refused = await change(company, mine)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("REQUIRED", ["confirmsOwnAccess"])
    ]
    assert await can_sign_in(company, "admin")

    assert (await change(company, mine, confirmsOwnAccess=True))["errors"] == []
    assert await can_sign_in(company, "admin-2")
    assert not await can_sign_in(company, "admin")


async def test_a_member_with_more_rights_than_the_admin_keeps_the_subject(company: Company) -> None:
    rows = [
        rename(company, "hr", "mine"),
        rename(company, "mara", "mara-2"),
        rename(company, "hr_ops", "mine, too"),
    ]
    refused = await change(company, *rows)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("SELF_APPOINTMENT", ["changes", "0"]),
        ("SELF_APPOINTMENT", ["changes", "2"]),
    ]
    assert await can_sign_in(company, "hr")
    assert await can_sign_in(company, "mara")

    edited = await company.mutate("ruler", "tenantEdit", "", allowsSelfAppointment=True)
    assert edited["errors"] == []
    reason = {"selfAppointmentReason": "A new identity provider."}
    assert (await change(company, *rows, **reason, dryRun=True))["errors"] == []
    assert await count_self_appointments(company) == 0
    assert (await change(company, *rows, **reason))["errors"] == []
    assert await count_self_appointments(company) == 2
    assert await can_sign_in(company, "mine")


async def test_a_change_of_one_of_two_admins_needs_no_confirmation(company: Company) -> None:
    one, other = rename(company, "admin", "a-2"), rename(company, "ruler", "r-2")
    tried = await change(company, one, who="ruler", dryRun=True)
    assert tried["result"]["needsConfirmation"] is False
    tried = await change(company, one, other, who="ruler", dryRun=True)
    assert tried["result"]["needsConfirmation"] is True


async def test_programs_and_accounts_that_nobody_has_used_are_refused(company: Company) -> None:
    invited = await company.mutate(
        "admin",
        "memberInvite",
        "member { id }",
        person={"id": company.encode_id("person", "newcomer")},
        roles=[],
    )
    rows = [
        {"member": {"id": invited["member"]["id"]}, "newSubject": "n-2"},
        rename(company, "payroll", "p-2"),
    ]
    refused = await change(company, *rows, who="ruler")
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("INCONSISTENT", ["changes", str(number), "member", "id"]) for number in (0, 1)
    ]


async def test_more_rows_than_the_limit_are_refused(company: Company) -> None:
    rows = [rename_subject(f"s{number}", f"t{number}") for number in range(251)]
    refused = await change(company, *rows)
    assert [each["field"] for each in refused["errors"]] == [["changes"]]


async def test_concurrent_swaps_follow_each_other(company: Company) -> None:
    swap = [rename_subject("mara", "peer"), rename_subject("peer", "mara")]
    name = await get_name(company, "mara")
    answers = await asyncio.gather(*(change(company, *swap) for _ in range(7)))
    assert [each["errors"] for each in answers] == [[]] * 7
    assert await get_name(company, "peer") == name  # an odd number of swaps
