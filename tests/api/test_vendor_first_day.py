"""A vendor's first day, over HTTP: a customer arrives, is looked after, and leaves."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.identity.receipts import verify_receipt
from persistence.embedded import DatabaseUrls
from tests.api.served_platform import ServedPlatform, serve_platform
from tests.api.test_platform import SANDBOX
from tests.factories.issuers import KEY_SET

pytestmark = pytest.mark.anyio

REGISTER = """mutation($input: IssuerRegisterInput!) {
  issuerRegister(input: $input) { issuer { name } errors { code message field } } }"""
IMPORT = """mutation($input: PeopleUpsertInput!) {
  peopleUpsert(input: $input) { outcomes errors { code message field } } }"""
ALLOW = """mutation { tenantEdit(input: {
  allowsGrantingUnheld: true, allowsSelfAppointment: true }) { errors { code } } }"""
ROLES = "{ roles { nodes { id key } } viewer { member { id } } }"
ASSIGN = """mutation($input: MemberAssignRoleInput!) {
  memberAssignRole(input: $input) { errors { code message } } }"""
DELETION = "query($slug: String!) { tenantDeletion(slug: $slug) { slug receipt } }"
PEOPLE = "{ people(orderBy: [{ field: NAME }]) { nodes { name } } }"


@pytest.fixture(scope="module")
async def platform(
    addresses: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory, owner: Any
) -> AsyncIterator[ServedPlatform]:
    await owner.execute("DELETE FROM directory.operators")
    async with serve_platform(addresses, tmp_path_factory.mktemp("platform")) as served:
        yield served


async def list_people(platform: ServedPlatform, slug: str) -> list[str]:
    answer = (await platform.ask_tenant(slug, PEOPLE)).json()
    return [each["name"] for each in answer["data"]["people"]["nodes"]]


async def become_hr(platform: ServedPlatform, slug: str) -> None:
    """Let the first admin take the role HR, as in a tenant where nobody else is yet."""
    await platform.ask_tenant(slug, ALLOW)
    found = (await platform.ask_tenant(slug, ROLES)).json()["data"]
    (role,) = [each["id"] for each in found["roles"]["nodes"] if each["key"] == "hr"]
    member, reason = found["viewer"]["member"]["id"], "Nobody else is here yet."
    input = {"id": member, "roleId": role, "selfAppointmentReason": reason}
    assigned = (await platform.ask_tenant(slug, ASSIGN, input=input)).json()
    assert assigned["data"]["memberAssignRole"]["errors"] == []


async def test_a_customer_arrives_is_looked_after_and_leaves(platform: ServedPlatform) -> None:
    slug = await platform.create(terms={"plan": "team"})
    issuer = {
        "name": f"https://{slug}.example/realms/staff",
        "preset": "KEYCLOAK",
        "key": "staff",
        "audiences": ["trellis"],
        "keySet": KEY_SET,
    }
    registered = (await platform.ask_tenant(slug, REGISTER, input=issuer)).json()
    assert registered["data"]["issuerRegister"]["errors"] == []
    await become_hr(platform, slug)
    rows = [
        {
            "externalReference": {"source": "hris", "id": name},
            "givenName": name,
            "familyName": "Wind",
            "hiredOn": "2025-01-01",
        }
        for name in ("Bo", "Cy")
    ]
    imported = (await platform.ask_tenant(slug, IMPORT, input={"rows": rows})).json()
    assert imported["data"]["peopleUpsert"] == {"outcomes": ["CREATED", "CREATED"], "errors": []}
    everybody = ["Ada Ahn", "Bo Wind", "Cy Wind"]
    assert await list_people(platform, slug) == everybody

    exported = await platform.finish("tenantExport", slug=slug)
    cloned = await platform.finish(
        "tenantClone",
        slug=slug,
        newSlug=f"{slug}-test",
        name="Tests",
        admin={**SANDBOX, "workEmail": f"ada@{slug}-test.example"},
        withPeople=True,
    )
    assert (exported["state"], cloned["state"]) == ("DONE", "DONE")
    sandbox = await list_people(platform, f"{slug}-test")
    assert len(sandbox) == len(everybody) + 1
    assert not set(sandbox) & set(everybody)

    await platform.mutate("tenantSuspend", slug=slug)
    assert (await platform.ask_tenant(slug, PEOPLE)).status_code == 403
    await platform.mutate("tenantResume", slug=slug)
    late = [{**rows[0], "externalReference": {"source": "hris", "id": "late"}, "givenName": "Di"}]
    await platform.ask_tenant(slug, IMPORT, input={"rows": late})
    assert await list_people(platform, slug) == [*everybody, "Di Wind"]
    restored = await platform.finish(
        "tenantRestore", file=exported["file"]["id"], inPlace={"slug": slug}
    )
    assert restored["state"] == "DONE"
    assert await list_people(platform, slug) == everybody

    for each in (f"{slug}-test", slug):
        await platform.mutate("tenantScheduleDeletion", slug=each, days=0)
        erased = await platform.finish("tenantErase", slug=each)
    statement = json.loads(verify_receipt(platform.settings, erased["receipt"]))
    assert (statement["tenant"]["slug"], statement["tables"]["people"]) == (slug, 3)
    deletion = await platform.query(DELETION, by="reader", slug=slug)
    assert deletion == {"tenantDeletion": {"slug": slug, "receipt": erased["receipt"]}}
    assert await platform.query(f'{{ tenant(slug: "{slug}") {{ slug }} }}') == {"tenant": None}
    # The process may know the issuer for some seconds. Then the token is of nobody.
    assert (await platform.ask_tenant(slug, PEOPLE)).status_code in (401, 403)
