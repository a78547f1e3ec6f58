"""Members, roles and organizations through the graph: what must stay, and what may be removed."""

import pytest

from tests.api.company import Company

MEMBER_CAN = "query($id: ID!) { found: member(by: {id: $id}) { viewerCan } }"
ROLE_CAN = "query($id: ID!) { found: role(by: {id: $id}) { viewerCan } }"


async def test_the_last_admin_stays_and_no_button_says_otherwise(company: Company) -> None:
    admin, ruler = company.encode_id("member", "admin"), company.encode_id("member", "ruler")
    removed = await company.mutate("admin", "memberRemove", "member { status }", id=ruler)
    assert removed == {"member": {"status": "REMOVED"}, "errors": []}

    found = await company.query("admin", MEMBER_CAN, id=admin)
    assert found["found"]["viewerCan"] == [
        *("ASSIGN_ROLE", "REVOKE_ROLE", "CHANGE_SUBJECT", "EXPLAIN", "PREVIEW"),
    ]
    refused = await company.mutate("admin", "memberRemove", "member { status }", id=admin)
    assert [each["code"] for each in refused["errors"]] == ["STATE_CONFLICT"]
    assert refused["errors"][0]["message"] == (
        "This is the last tenant admin whose role has begun and has no end. Make somebody else"
        " one first."
    )
    gone = await company.mutate(
        "hr", "personDepart", "person { id }", id=company.encode_id("person", "admin")
    )
    assert [each["code"] for each in gone["errors"]] == ["STATE_CONFLICT"]
    person = await company.query(
        "hr",
        "query($id: ID!) { person(by: {id: $id}) { viewerCan } }",
        id=company.encode_id("person", "admin"),
    )
    assert "DEPART" not in person["person"]["viewerCan"]


async def test_who_has_left_is_not_let_in(company: Company) -> None:
    payload = await company.mutate(
        "admin",
        "memberCreate",
        "member { id }",
        personId=company.encode_id("person", "alumna"),
        subject="alumna",
    )
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("INVALID", ["personId"])
    ]


@pytest.mark.parametrize(
    ("key", "can"),
    [("hr", ["EDIT", "SET_GRANTS"]), ("coach", ["EDIT", "SET_GRANTS", "DELETE"])],
)
async def test_only_roles_that_nobody_holds_can_be_deleted(
    company: Company, key: str, can: list[str]
) -> None:
    role, mara = company.encode_id("role", key), company.encode_id("member", "mara")
    assert (await company.query("admin", ROLE_CAN, id=role))["found"]["viewerCan"] == can
    if key == "coach":
        await company.mutate("admin", "memberAssignRole", "member { id }", id=mara, roleId=role)
        found = await company.query("admin", ROLE_CAN, id=role)
        assert found["found"]["viewerCan"] == ["EDIT", "SET_GRANTS"]
    refused = await company.mutate("admin", "roleDelete", "role { id }", id=role)
    assert [each["code"] for each in refused["errors"]] == ["STATE_CONFLICT"]


@pytest.mark.parametrize(
    ("unit", "what"),
    [
        ("hq", "units below this one (Operations, Sales)"),
        ("ops", "units below this one (Dock)"),
        ("sales", "teams in this unit (Closers)"),
    ],
)
async def test_a_unit_closes_when_it_is_empty(company: Company, unit: str, what: str) -> None:
    id = company.encode_id("org", unit)
    selection = "organization { endsOn viewerCan }"
    refused = await company.mutate("hr", "organizationClose", selection, id=id)
    assert [(each["code"], each["message"]) for each in refused["errors"]] == [
        ("STATE_CONFLICT", f"There are open {what}. Move or close them first.")
    ]
    if unit == "sales":
        closers = company.encode_id("team", "closers")
        await company.mutate("hr", "teamClose", "team { id }", id=closers)
        refused = await company.mutate("hr", "organizationClose", selection, id=id)
        assert refused["errors"][0]["message"] == (
            "People still belong to this unit. Move them elsewhere first."
        )


async def test_what_is_left_out_of_a_move_stays(company: Company) -> None:
    night = company.encode_id("team", "night")
    moved = await company.mutate(
        "hr",
        "teamMove",
        "team { parent { name } organization { code } }",
        id=night,
        organizationId=company.encode_id("org", "dock"),
    )
    assert moved["team"] == {"parent": {"name": "Dispatch"}, "organization": {"code": "DOCK"}}
    freed = await company.mutate(
        "hr", "teamMove", "team { parent { name } organization { code } }", id=night, parentId=None
    )
    assert freed["team"] == {"parent": None, "organization": {"code": "DOCK"}}
    for verb, input in (
        ("organizationMove", {"id": company.encode_id("org", "dock")}),
        ("goalAlign", {"id": company.encode_id("goal", "public")}),
    ):
        payload = await company.mutate("ruler", verb, "", **input)
        assert [(each["code"], each["field"]) for each in payload["errors"]] == [
            ("REQUIRED", ["parentId"])
        ]
