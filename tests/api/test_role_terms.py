"""Terms of roles through the graph: what they allow, and what is shown of them."""

from tests.api.company import Company

ASSIGNED = "assignment { role { key } startsAt expiresAt } member { assignments { role { key } } }"
FAR_AHEAD, FURTHER = "2191-01-01T00:00:00+00:00", "2192-01-01T00:00:00+00:00"


async def test_a_term_is_shown_and_a_role_that_has_not_begun_allows_nothing(
    company: Company,
) -> None:
    id, hr = company.encode_id("member", "mara"), company.encode_id("role", "hr")
    given = {"id": id, "roleId": hr, "startsAt": FAR_AHEAD, "expiresAt": FURTHER}
    payload = await company.mutate("ruler", "memberAssignRole", ASSIGNED, **given)
    assert payload == {
        "assignment": {"role": {"key": "hr"}, "startsAt": FAR_AHEAD, "expiresAt": FURTHER},
        "member": {"assignments": [{"role": {"key": "employee"}}, {"role": {"key": "hr"}}]},
        "errors": [],
    }
    found = await company.query("mara", "{ viewer { roles { key } permissions } }")
    assert found["viewer"] == {
        "roles": [{"key": "employee"}],
        "permissions": ["DIRECTORY_READ", "GOALS_READ"],
    }


async def test_every_fault_of_a_term_is_reported_and_nothing_is_assigned(company: Company) -> None:
    id = company.encode_id("member", "mara")
    payload = await company.mutate(
        "admin",
        "memberAssignRole",
        "member { id }",
        id=id,
        roleId=company.encode_id("role", "coach"),
        organizationId="org_01890000-0000-7000-8000-000000000000",
        startsAt="2001-01-01T00:00:00Z",
        expiresAt="2000-01-01T00:00:00Z",
    )
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["organizationId"]),
        ("OUT_OF_RANGE", ["startsAt"]),
        ("OUT_OF_RANGE", ["expiresAt"]),
    ]
    found = await company.query(
        "admin", "query($id: ID!) { member(by: {id: $id}) { assignments { id } } }", id=id
    )
    assert len(found["member"]["assignments"]) == 1
