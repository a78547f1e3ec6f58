"""The platform graph: who may do what with tenants, and what is recorded of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.platform import MAY, Act, OperatorRole
from persistence.embedded import DatabaseUrls
from tests.api.documentation import PLATFORM_PAGE, extract_documents, resolve_references
from tests.api.served_company import build_mutation
from tests.api.served_platform import ServedPlatform, a_slug, serve_platform

pytestmark = pytest.mark.anyio

TENANT = "tenant { slug status plan callerBudget tenantBudget }"
AUDIT = """query($slug: String, $first: Int! = 25, $after: String) {
  platformAuditLog(tenantSlug: $slug, first: $first, after: $after) {
    nodes { act operatorName tenantSlug changes } pageInfo { hasNextPage endCursor } } }"""
JOURNAL = "{ auditLog(where: { subject: { entity: { eq: TENANT } } }) { nodes { action } } }"


@pytest.fixture(scope="module")
async def platform(
    addresses: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory, owner: Any
) -> AsyncIterator[ServedPlatform]:
    await owner.execute("DELETE FROM directory.operators")
    async with serve_platform(addresses, tmp_path_factory.mktemp("platform")) as served:
        yield served


async def read_log(platform: ServedPlatform, slug: str) -> list[Any]:
    """Return the acts about a tenant, the newest first."""
    found = await platform.query(AUDIT, slug=slug)
    return [
        (each["act"], each["operatorName"], each["changes"])
        for each in found["platformAuditLog"]["nodes"]
    ]


async def test_a_tenant_is_created_configured_suspended_and_resumed(
    platform: ServedPlatform,
) -> None:
    slug = a_slug()
    admin = {"givenName": "Ada", "familyName": "Ahn", "workEmail": f"ada@{slug}.example"}
    made = await platform.mutate(
        "tenantCreate",
        TENANT,
        by="operator",
        slug=slug,
        settings={"name": "Acme", "locale": "de-CH", "timeZone": "Europe/Zurich"},
        admin=admin,
        terms={"plan": "gold", "tenantBudget": 50_000},
    )
    assert made == {
        "tenant": {
            "slug": slug,
            "status": "ACTIVE",
            "plan": "gold",
            "callerBudget": None,
            "tenantBudget": 50_000,
        },
        "errors": [],
    }
    answer = await platform.ask_tenant(
        slug, "{ tenant { name locale timeZone } people { totalCount } }"
    )
    assert answer.json()["data"] == {
        "tenant": {"name": "Acme", "locale": "de-CH", "timeZone": "Europe/Zurich"},
        "people": {"totalCount": 1},
    }

    configured = await platform.mutate(
        "tenantConfigure",
        TENANT,
        slug=slug,
        settings={"name": "Acme AG"},
        terms={"plan": None, "callerBudget": 20_000},
    )
    assert configured["tenant"] == {
        "slug": slug,
        "status": "ACTIVE",
        "plan": None,
        "callerBudget": 20_000,
        "tenantBudget": 50_000,
    }

    suspended = await platform.mutate("tenantSuspend", TENANT, slug=slug)
    assert suspended["tenant"]["status"] == "SUSPENDED"
    refused = await platform.ask_tenant(slug, "{ tenant { name } }")
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (
        403,
        "TENANT_SUSPENDED",
    )
    again = await platform.mutate("tenantSuspend", TENANT, slug=slug)
    assert (again["tenant"], again["errors"][0]["code"]) == (None, "STATE_CONFLICT")

    resumed = await platform.mutate("tenantResume", TENANT, slug=slug)
    assert resumed["tenant"]["status"] == "ACTIVE"
    assert (await platform.ask_tenant(slug, "{ tenant { name } }")).json()["data"] == {
        "tenant": {"name": "Acme AG"}
    }

    assert await read_log(platform, slug) == [
        ("TENANT_RESUME", "owner", {}),
        ("TENANT_SUSPEND", "owner", {}),
        (
            "TENANT_CONFIGURE",
            "owner",
            {
                "terms": {"plan": ["gold", None], "caller_budget": [None, 20_000]},
                "settings": ["name"],
            },
        ),
        ("TENANT_CREATE", "Operator", {"terms": {"plan": "gold", "tenant_budget": 50_000}}),
    ]


async def test_the_tenant_reads_in_its_own_log_what_the_platform_did(
    platform: ServedPlatform,
) -> None:
    slug = await platform.create()
    await platform.mutate("tenantConfigure", slug=slug, terms={"plan": "gold"})
    await platform.mutate("tenantSuspend", slug=slug)
    await platform.mutate("tenantResume", slug=slug)

    answer = await platform.ask_tenant(
        slug, "{ tenant { history { nodes { action actor { __typename } } } } }"
    )

    entries = answer.json()["data"]["tenant"]["history"]["nodes"]
    assert [each["action"] for each in entries] == [
        "RESUMED",
        "SUSPENDED",
        "CONFIGURED",
        "FOUNDED",
    ]
    assert {str(each["actor"]) for each in entries} == {"None"}


UNKNOWN_FILE = "tenantfile_00000000-0000-0000-0000-000000000000"
SANDBOX = {"givenName": "Sam", "familyName": "Box", "workEmail": "sam@sandbox.example"}
VERBS: dict[Act, tuple[str, dict[str, Any]]] = {
    Act.TENANT_CREATE: ("tenantCreate", {"slug": "refused", "settings": {"name": "Refused"}}),
    Act.TENANT_CONFIGURE: ("tenantConfigure", {"slug": "SLUG", "terms": {"plan": "x"}}),
    Act.TENANT_SUSPEND: ("tenantSuspend", {"slug": "SLUG"}),
    Act.TENANT_RESUME: ("tenantResume", {"slug": "SLUG"}),
    Act.TENANT_CLONE: (
        "tenantClone",
        {"slug": "SLUG", "newSlug": "refused", "name": "Refused", "admin": SANDBOX},
    ),
    Act.TENANT_MOVE: ("tenantMove", {"slug": "SLUG"}),
    Act.TENANT_EXPORT: ("tenantExport", {"slug": "SLUG"}),
    Act.TENANT_IMPORT: ("tenantImport", {"file": UNKNOWN_FILE}),
    Act.TENANT_RESTORE: ("tenantRestore", {"file": UNKNOWN_FILE, "inPlace": {"slug": "x"}}),
    Act.TENANT_FILE_CREATE: ("tenantFileCreate", {"size": "5"}),
    Act.TENANT_SCHEDULE_DELETION: ("tenantScheduleDeletion", {"slug": "SLUG"}),
    Act.TENANT_CANCEL_DELETION: ("tenantCancelDeletion", {"slug": "SLUG"}),
    Act.TENANT_ERASE: ("tenantErase", {"slug": "SLUG"}),
    Act.OPERATOR_ADD: (
        "operatorAdd",
        {"issuer": "https://id.example/", "subject": "eve", "name": "Eve", "role": "OWNER"},
    ),
    Act.OPERATOR_SET_ROLE: (
        "operatorSetRole",
        {"id": "operator_00000000000000000000000000", "role": "OWNER"},
    ),
    Act.OPERATOR_REMOVE: ("operatorRemove", {"id": "operator_00000000000000000000000000"}),
}
READS = {
    Act.READ_TENANTS: '{ found: tenant(slug: "SLUG") { slug } }',
    Act.READ_OPERATIONS: "{ found: tenantOperations { nodes { id } } }",
    Act.READ_OPERATORS: "{ found: operators { name } }",
    Act.READ_AUDIT_LOG: "{ found: platformAuditLog { nodes { act } } }",
}


async def test_each_role_may_do_what_the_table_says_and_a_refusal_changes_nothing(
    platform: ServedPlatform, owner: Any
) -> None:
    slug = await platform.create()

    async def count() -> Any:
        counted = "SELECT (SELECT count(*) FROM directory.{}) FROM directory.tenants LIMIT 1"
        tables = (
            *("tenants", "operators", "platform_audit_log"),
            *("tenant_operations", "tenant_files", "erasures"),
        )
        states = await owner.fetch(
            "SELECT status, plan FROM directory.tenants WHERE slug = $1", slug
        )
        return [await owner.fetchval(counted.format(each)) for each in tables], states

    before = await count()
    for act, (verb, input) in VERBS.items():
        given = {name: slug if value == "SLUG" else value for name, value in input.items()}
        for role in {*OperatorRole} - MAY[act]:
            payload = await platform.mutate(verb, by=role, **given)
            assert [each["code"] for each in payload["errors"]] == ["NOT_PERMITTED"], (act, role)
    assert await count() == before

    for act, document in READS.items():
        for role in OperatorRole:
            answer = (await platform.send(document.replace("SLUG", slug), by=role)).json()
            codes = [each["extensions"]["code"] for each in answer.get("errors", ())]
            assert codes == ([] if role in MAY[act] else ["NOT_PERMITTED"]), (act, role)
            assert (answer["data"]["found"] is None) == (role not in MAY[act])
    elsewhere = {Act.ISSUER_REGISTER, Act.ISSUER_REMOVE, Act.TENANT_FILE_DOWNLOAD}
    assert VERBS.keys() | READS.keys() | elsewhere == set(Act)


async def test_all_faults_of_an_input_are_reported_together(
    platform: ServedPlatform, owner: Any
) -> None:
    payload = await platform.mutate(
        "tenantCreate",
        TENANT,
        slug="No Slug",
        settings={"name": " ", "locale": "en_US", "timeZone": "Mars/Olympus"},
        admin={"givenName": "", "familyName": "Ahn", "workEmail": "nobody"},
        terms={"callerBudget": 5, "plan": "x" * 61},
        database="nowhere",
    )
    assert payload["tenant"] is None
    assert {(each["code"], ".".join(each["field"])) for each in payload["errors"]} == {
        ("REQUIRED", "settings.name"),
        ("INVALID_FORMAT", "settings.locale"),
        ("INVALID_FORMAT", "settings.timeZone"),
        ("REQUIRED", "admin.givenName"),
        ("INVALID_FORMAT", "admin.workEmail"),
        ("OUT_OF_RANGE", "terms.callerBudget"),
        ("TOO_LONG", "terms.plan"),
        ("INVALID_FORMAT", "slug"),
    }
    assert (
        await owner.fetchval("SELECT count(*) FROM directory.tenants WHERE slug = 'No Slug'") == 0
    )

    slug = a_slug()
    unknown = await platform.mutate(
        "tenantCreate", slug=slug, settings={"name": "Acme"}, database="nowhere"
    )
    assert [(each["code"], each["field"]) for each in unknown["errors"]] == [
        ("NOT_FOUND", ["database"])
    ]
    assert await platform.query(f'{{ tenant(slug: "{slug}") {{ slug }} }}') == {"tenant": None}


async def test_a_slug_is_given_once_and_twenty_requests_with_one_key_create_one_tenant(
    platform: ServedPlatform,
) -> None:
    slug = a_slug()
    input = {"slug": slug, "settings": {"name": "Acme"}}
    answers = await asyncio.gather(
        *(platform.mutate("tenantCreate", TENANT, key=f"key-{slug}", **input) for _ in range(20))
    )
    assert {(each["tenant"]["slug"], len(each["errors"])) for each in answers} == {(slug, 0)}
    assert len(await read_log(platform, slug)) == 1

    taken = await platform.mutate("tenantCreate", TENANT, **input)
    assert [(each["code"], each["field"]) for each in taken["errors"]] == [("NOT_UNIQUE", ["slug"])]
    other = {"slug": a_slug(), "settings": {"name": "Other"}}
    reused = await platform.mutate("tenantCreate", TENANT, key=f"key-{slug}", **other)
    assert [each["code"] for each in reused["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert len(await read_log(platform, other["slug"])) == 0


async def test_an_unknown_tenant_is_not_found(platform: ServedPlatform) -> None:
    slug = a_slug()
    for verb in ("tenantSuspend", "tenantResume", "tenantConfigure"):
        payload = await platform.mutate(verb, TENANT, slug=slug)
        assert [each["code"] for each in payload["errors"]] == ["NOT_FOUND"], verb
    assert await read_log(platform, slug) == []


async def test_a_refusal_inside_the_tenant_undoes_what_the_directory_got(
    platform: ServedPlatform, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = await platform.create()

    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("domain.platform.tenants.edit_tenant", fail)
    input = {"slug": slug, "terms": {"plan": "x"}}
    answer = await platform.send(build_mutation("tenantConfigure"), {"input": input})
    assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert await owner.fetchval("SELECT plan FROM directory.tenants WHERE slug = $1", slug) is None
    assert len(await read_log(platform, slug)) == 1


async def test_the_last_owner_stays_although_two_leave_at_once(
    platform: ServedPlatform, owner: Any
) -> None:
    added = await platform.mutate(
        "operatorAdd",
        "operator { id role }",
        issuer="https://id.example/",
        subject="second",
        name="Second",
        role="OWNER",
    )
    assert added["operator"]["role"] == "OWNER"
    everyone = (await platform.query("{ operators { id role } }"))["operators"]
    owners = [each["id"] for each in everyone if each["role"] == "OWNER"]
    assert len(owners) == 2

    payloads = await asyncio.gather(
        *(platform.mutate("operatorSetRole", id=each, role="READER") for each in owners)
    )
    codes = sorted(code["code"] for each in payloads for code in each["errors"])
    assert codes in (["STATE_CONFLICT"], ["NOT_PERMITTED"])
    remaining = await owner.fetchval(
        "SELECT count(*) FROM directory.operators WHERE role = 'owner' AND removed_at IS NULL"
    )
    assert remaining == 1
    await owner.execute("UPDATE directory.operators SET role = 'owner' WHERE subject = 'owner'")
    await platform.mutate("operatorRemove", id=added["operator"]["id"])


async def test_the_log_is_paged_and_a_cursor_belongs_to_its_filter(
    platform: ServedPlatform,
) -> None:
    slug = await platform.create()
    for plan in ("a", "b"):
        await platform.mutate("tenantConfigure", slug=slug, terms={"plan": plan})
    page = (await platform.query(AUDIT, slug=slug, first=2))["platformAuditLog"]
    assert [each["act"] for each in page["nodes"]] == ["TENANT_CONFIGURE"] * 2
    assert page["pageInfo"]["hasNextPage"] is True
    cursor = page["pageInfo"]["endCursor"]

    rest = (await platform.query(AUDIT, slug=slug, first=2, after=cursor))["platformAuditLog"]
    assert [each["act"] for each in rest["nodes"]] == ["TENANT_CREATE"]
    assert rest["pageInfo"]["hasNextPage"] is False
    for bad in ({"after": cursor}, {"slug": slug, "after": cursor[:-2]}, {"first": 101}):
        answer = (await platform.send(AUDIT, bad)).json()
        code = answer["errors"][0]["extensions"]["code"]
        assert code == ("LIMIT_EXCEEDED" if "first" in bad else "CURSOR_INVALID")


async def test_the_documents_of_the_guide_run(platform: ServedPlatform) -> None:
    documents, answers = extract_documents(PLATFORM_PAGE), dict[str, Any]()
    assert len(documents) > 15
    for each in documents:
        variables = resolve_references(each.variables, answers)
        answer = await platform.send(each.text, variables, by=each.account.partition("@")[0])
        data = each.check(answer.json())
        assert None not in data.values(), (each.line, data)
        answers |= data
        await platform.work()
        if path := data.get("tenantFileCreate", {}).get("tenantFile", {}).get("path"):
            sent = (await platform.download(answers["tenantOperation"]["file"]["path"])).content
            assert (await platform.send_part(path, 0, sent)).status_code == 200
