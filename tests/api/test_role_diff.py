"""What a change of a role would give to members and take from them."""

from typing import Any

from tests.api.company import Company

SELECTION = """diff { entries { change permission population organizationId kpiId memberCount
  memberIds } }"""


async def _compare(company: Company, role: str, **change: Any) -> list[tuple[Any, ...]]:
    payload = await company.mutate(
        "admin", "roleDiff", SELECTION, roleId=company.encode_id("role", role), **change
    )
    assert payload["errors"] == []
    return [tuple(each.values())[:6] for each in payload["diff"]["entries"]]


async def test_new_grants_of_a_role_count_who_gains_and_who_loses(company: Company) -> None:
    grants = [{"permission": "DIRECTORY_READ"}, {"permission": "KPIS_READ"}]
    found = await _compare(company, "employee", grants=grants)
    everyone = ("EVERYONE", None, None)
    holders = {
        who
        for who, each in company.members.items()
        if each.find_assignment(company.roles["employee"].id, None)
        and who not in ("removed", "suspended", "abroad")
    }
    with_kpis = {"hr", "admin", "ruler"}
    assert found == [
        ("GAINED", "KPIS_READ", *everyone, len(holders - with_kpis)),
        ("LOST", "GOALS_READ", *everyone, len(holders - with_kpis)),
    ]
    unchanged = await company.query(
        "admin", '{ role(by: {key: "employee"}) { grants { permission } } }'
    )
    permissions = [each["permission"] for each in unchanged["role"]["grants"]]
    assert permissions == ["DIRECTORY_READ", "GOALS_READ"]


async def test_a_role_for_one_unit_gives_its_grants_within_that_unit(company: Company) -> None:
    ops = company.encode_id("org", "ops")
    mara = {"memberId": company.encode_id("member", "mara"), "organizationId": ops}
    assert await _compare(company, "coach", assign=mara) == []
    analyst = await _compare(company, "analyst", assign=mara)
    assert analyst == [("GAINED", "KPIS_READ", "ORGANIZATION", ops, None, 1)]


async def test_a_role_that_is_revoked_takes_what_nothing_else_covers(company: Company) -> None:
    held = company.encode_part_id("assignment", company.members["mara"].assignments)
    lost = await _compare(company, "employee", revokeId=held)
    assert lost == [
        ("LOST", "DIRECTORY_READ", "EVERYONE", None, None, 1),
        ("LOST", "GOALS_READ", "EVERYONE", None, None, 1),
    ]


async def test_exactly_one_change_is_compared(company: Company) -> None:
    held = company.encode_part_id("assignment", company.members["mara"].assignments)
    role = company.encode_id("role", "employee")
    both = await company.mutate(
        "admin", "roleDiff", SELECTION, roleId=role, revokeId=held, grants=[]
    )
    none = await company.mutate("admin", "roleDiff", SELECTION, roleId=role)
    assert [each["code"] for each in (*both["errors"], *none["errors"])] == ["INVALID", "INVALID"]
    other = await company.mutate(
        "admin", "roleDiff", SELECTION, roleId=company.encode_id("role", "hr"), revokeId=held
    )
    assert [(each["code"], each["field"]) for each in other["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["revokeId"])
    ]
