"""Issuers by API: an admin decides whose tokens are accepted, and takes over nobody's."""

import asyncio
import json
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api.identity.issuer_services import IssuerServices
from api.identity.jwks import ALGORITHMS
from api.settings import Settings
from domain.issuers import IssuerPreset, KeySource, rules
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import LimitExceeded
from domain.kernel.identity import TenantId
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import FastCloseConnection
from persistence.tenant_registry import TenantRegistry
from tests.api.world import World, a_world
from tests.conftest import SAVE, OpenWork, SaveAggregates
from tests.factories.actors import an_admin
from tests.factories.issuers import (
    KEY_SET,
    SIGNER,
    NoIssuers,
    an_issuer_of,
    fetch_published,
    keep_fake_services,
)
from tests.factories.tenants import a_registered_tenant
from tests.factories.tokens import a_raw_token

pytestmark = pytest.mark.anyio

OWN_ISSUER = "https://issuer.example"
"""The issuer of the tokens of all callers here."""

RETURNED = "issuer { id name key isShared } errors { code field }"


class Tenant:
    """A tenant with an admin, whose issuers have names of their own."""

    def __init__(self, world: World) -> None:
        self.world, self.graph = world, world.graph
        self.name = f"https://{world.graph.tenant_id}.example/realms/staff"

    async def mutate(self, verb: str, returned: str = RETURNED, **input: Any) -> Any:
        kind = f"{verb[0].upper()}{verb[1:]}Input"
        document = f"mutation($input: {kind}!) {{ {verb}(input: $input) {{ {returned} }} }}"
        return await self.graph.mutate("admin", document, **input)

    async def register(self, **changes: Any) -> Any:
        usual = {"preset": "KEYCLOAK", "key": "staff", "audiences": ["trellis"]}
        return await self.mutate("issuerRegister", **{"name": self.name, **usual, **changes})

    async def list_names(self) -> list[str]:
        data = await self.graph.query("admin", "{ issuers { nodes { name } } }")
        return [each["name"] for each in data["issuers"]["nodes"]]

    def sign(self, subject: str, **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.name, "aud": "trellis", "azp": "web", "sub": subject, "typ": "Bearer",
            "iat": now, "exp": now + 300, **changes,
        }  # fmt: skip
        header = {"alg": SIGNER.algorithm, "kid": SIGNER.kid, "typ": "JWT"}
        return a_raw_token(SIGNER, json.dumps(header), json.dumps(claims))


@pytest.fixture
async def tenant(
    pool: asyncpg.Pool, writing: asyncpg.Pool, keep: SaveAggregates, tenant_id: TenantId
) -> Any:
    IssuerServices.current = IssuerServices(TenantRegistry(pool), Settings(), fetch_published)
    yield Tenant(await a_world(pool, writing, keep, tenant_id))
    keep_fake_services()


async def test_a_registered_issuer_is_found_by_its_tokens(tenant: Tenant) -> None:
    """Its members are bound to it: nobody who is known already can be named by it."""
    assert (await tenant.register())["errors"] == []

    tested = await tenant.mutate(
        "issuerTest", "test { isAccepted rule subject }", token=tenant.sign("mara")
    )
    assert tested["test"] == {"isAccepted": False, "rule": None, "subject": "@staff:mara"}

    bound = await tenant.mutate(
        "memberChangeSubject",
        "member { subject } errors { code }",
        id=await find_member_id(tenant, "mara"),
        subject="@staff:mara",
    )
    assert bound["errors"] == []
    tested = await tenant.mutate("issuerTest", "test { isAccepted }", token=tenant.sign("mara"))
    assert tested["test"] == {"isAccepted": True}


async def find_member_id(tenant: Tenant, subject: str) -> str:
    document = "query($by: MemberBy!) { member(by: $by) { id } }"
    data = await tenant.graph.query("admin", document, by={"subject": subject})
    id: str = data["member"]["id"]
    return id


async def test_a_test_names_the_broken_rule_and_nothing_of_the_token(tenant: Tenant) -> None:
    await tenant.register()
    tested = await tenant.mutate(
        "issuerTest",
        "test { isAccepted rule advice subject }",
        token=tenant.sign("secret-subject", aud="secret-audience"),
    )
    assert tested["test"]["rule"] == "wrong_aud"
    assert tested["test"]["subject"] is None
    assert tested["test"]["advice"].startswith("wrong_aud: the audience is not trellis.")
    assert "secret" not in json.dumps(tested)


async def test_an_issuer_of_another_tenant_is_unknown_and_cannot_be_taken(
    tenant: Tenant,
    pool: asyncpg.Pool,
    writing: asyncpg.Pool,
    work: OpenWork,
    owner: FastCloseConnection,
) -> None:
    other_id = await a_registered_tenant(owner)

    async def keep(*aggregates: Aggregate) -> None:
        async with work(an_admin(other_id)) as opened:
            for each in aggregates:
                await opened.add(each, to=SAVE)

    await tenant.register()
    other = Tenant(await a_world(pool, writing, keep, other_id))
    other.name = tenant.name

    refused = await other.register()
    assert refused["errors"] == [{"code": "NOT_UNIQUE", "field": ["name"]}]
    assert await other.list_names() == []
    tested = await other.mutate("issuerTest", "test { rule }", token=tenant.sign("mara", aud="x"))
    assert tested["test"] == {"rule": "unknown_issuer"}


async def test_all_faults_of_an_issuer_are_told_at_once(tenant: Tenant) -> None:
    refused = await tenant.register(name="https://id.example/", key="No key", audiences=[])
    assert refused["errors"] == [
        {"code": "INVALID_FORMAT", "field": ["name"]},
        {"code": "INVALID_FORMAT", "field": ["key"]},
        {"code": "REQUIRED", "field": ["audiences"]},
    ]
    unreachable = await tenant.register(name="https://nowhere.invalid/realms/staff")
    assert unreachable["errors"] == [{"code": "INVALID", "field": ["name"]}]
    reserved = await tenant.register(name="urn:Trellis:built-in:acme", preset="STRICT")
    assert reserved["errors"] == [{"code": "INVALID", "field": ["name"]}]
    assert await tenant.list_names() == []


async def test_only_the_operator_registers_an_issuer_of_several_tenants(tenant: Tenant) -> None:
    """Anybody could name the value of another tenant."""
    refused = await tenant.register(name="https://accounts.google.com", preset="GOOGLE")
    assert [each["field"] for each in refused["errors"]] == [["tenantValue"]]
    assert await tenant.list_names() == []


async def test_keys_that_an_admin_chooses_are_a_self_appointment(tenant: Tenant) -> None:
    """Who has the private key could sign in as each member of the issuer."""
    made = await tenant.register()
    id = made["issuer"]["id"]
    refused = await tenant.mutate("issuerRotate", id=id, keySet=KEY_SET)
    assert refused["errors"] == [{"code": "SELF_APPOINTMENT", "field": ["keySet"]}]
    assert (await tenant.mutate("issuerRotate", id=id))["errors"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"audiences": ["trellis", "mine"]}, "audiences"),
        ({"audiences": ["mine"], "clients": ["web"]}, "audiences"),
        ({"clients": ["web", "mine"]}, "clients"),
        ({"clients": ["mine"]}, "clients"),
        ({"clients": []}, "clients"),
        ({"clients": ["web"], "maxLifetime": 600}, None),
    ],
)
async def test_to_accept_further_tokens_is_a_self_appointment(
    tenant: Tenant, change: dict[str, Any], field: str | None
) -> None:
    """Who adds an application of their own could sign in as each member of the issuer."""
    id = (await tenant.register(clients=["web", "console"]))["issuer"]["id"]
    edited = await tenant.mutate("issuerEdit", id=id, **change)
    refused = [{"code": "SELF_APPOINTMENT", "field": [field]}] if field else []
    assert edited["errors"] == refused


async def test_an_allowed_further_client_is_told_in_the_audit_log(tenant: Tenant) -> None:
    id = (await tenant.register(clients=["web"]))["issuer"]["id"]
    allowed = await tenant.mutate("tenantEdit", "errors { code field }", allowsSelfAppointment=True)
    assert allowed["errors"] == []
    given = {"id": id, "clients": ["web", "mine"]}
    refused = await tenant.mutate("issuerEdit", **given)
    assert refused["errors"] == [{"code": "REQUIRED", "field": ["selfAppointmentReason"]}]
    edited = await tenant.mutate("issuerEdit", **given, selfAppointmentReason="A second app")
    assert edited["errors"] == []
    logged = await tenant.graph.query("admin", "{ auditLog(first: 2) { nodes { action } } }")
    assert {each["action"] for each in logged["auditLog"]["nodes"]} == {"EDITED", "SELF_APPOINTED"}


async def test_a_key_whose_members_stay_bound_is_not_given_to_another_issuer(
    tenant: Tenant,
) -> None:
    await tenant.register(key="former", keySet=KEY_SET)
    other = await tenant.register(name=tenant.name + "2")
    assert other["errors"] == []
    member_id = await find_member_id(tenant, "ben")
    await tenant.mutate(
        "memberChangeSubject", "errors { code }", id=member_id, subject="@former:ben"
    )
    document = "{ issuers { nodes { id key } } }"
    nodes = (await tenant.graph.query("admin", document))["issuers"]["nodes"]
    (id,) = [each["id"] for each in nodes if each["key"] == "former"]
    assert (await tenant.mutate("issuerRemove", "errors { code }", id=id))["errors"] == []

    refused = await tenant.register(key="former", keySet=KEY_SET)
    assert refused["errors"] == [{"code": "SELF_APPOINTMENT", "field": ["key"]}]


async def test_nobody_locks_everybody_out_unknowingly(tenant: Tenant) -> None:
    made = await tenant.register(name=OWN_ISSUER, preset="STRICT", key="own", keySet=KEY_SET)
    if made["errors"]:  # the name is that of a caller, and tests run beside each other
        pytest.skip("Another tenant has the issuer of all callers.")
    id = made["issuer"]["id"]
    last = await tenant.mutate("issuerRemove", "errors { code field }", id=id)
    assert last["errors"] == [{"code": "STATE_CONFLICT", "field": None}]
    await tenant.register()
    for verb, change in (("issuerEdit", {"clients": ["web"]}), ("issuerRemove", {})):
        own = await tenant.mutate(verb, "errors { code field }", id=id, **change)
        assert own["errors"] == [{"code": "REQUIRED", "field": ["confirmsOwnIssuer"]}]
    assert await tenant.list_names() == sorted([OWN_ISSUER, tenant.name])
    confirmed = await tenant.mutate(
        "issuerRemove", "deletedIssuerId errors { code }", id=id, confirmsOwnIssuer=True
    )
    assert confirmed == {"deletedIssuerId": id, "errors": []}


async def test_nothing_changes_for_a_tenant_that_lives_in_another_database(
    tenant: Tenant,
) -> None:
    """The registry is in the home database, so a removed issuer would stay accepted."""
    ids = [
        (await tenant.register(key=each, name=tenant.name + each))["issuer"]["id"] for each in "ab"
    ]
    names = await tenant.list_names()

    async def live_elsewhere(_: UUID) -> bool:
        return False

    IssuerServices.current = replace(IssuerServices.current, is_at_home=live_elsewhere)
    for verb, change in (
        ("issuerEdit", {"maxLifetime": 600}),
        ("issuerRotate", {}),
        ("issuerRemove", {}),
    ):
        refused = await tenant.mutate(verb, "errors { code field }", id=ids[0], **change)
        assert refused["errors"] == [{"code": "STATE_CONFLICT", "field": None}], verb
    assert await tenant.list_names() == names


async def test_an_admin_takes_no_audience_or_client_of_the_platform(
    tenant: Tenant, owner: FastCloseConnection
) -> None:
    """Tokens for both open neither, so every operator would be locked out."""
    given = {"audiences": ["trellis", "operating"], "clients": ["web", "console"]}
    id = (await tenant.register(**given))["issuer"]["id"]
    insert = """INSERT INTO directory.platform_issuers
        (issuer, audience, algorithms, preset, clients)
        VALUES ($1, 'operating other', 'ES256', $2, 'console')"""
    cases: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("keycloak", {"audiences": ["operating"]}, {"audiences": ["trellis"]}),
        ("cognito", {"clients": ["console"]}, {"clients": ["web"]}),
    ]
    for preset, taken, free in cases:
        await owner.execute(insert, tenant.name, preset)
        try:
            refused = await tenant.mutate("issuerEdit", id=id, **taken)
            edited = await tenant.mutate("issuerEdit", id=id, **free)
        finally:
            await owner.execute(
                "DELETE FROM directory.platform_issuers WHERE issuer = $1", tenant.name
            )
        assert refused["errors"] == [{"code": "NOT_UNIQUE", "field": list(taken)}]
        assert edited["errors"] == []


async def test_the_serving_role_writes_only_its_own_rows_of_the_registry(
    tenant: Tenant, owner: FastCloseConnection, pool: asyncpg.Pool, addresses: DatabaseUrls
) -> None:
    """What a SQL injection could do with the rights of one tenant."""
    await tenant.register()
    attacker = await a_registered_tenant(owner)
    connection = await asyncpg.connect(addresses.serving)
    insert = """INSERT INTO directory.issuers
        (issuer, tenant_id, audience, algorithms, tenant_value, is_shared)
        VALUES ($1, $2, 'trellis', 'ES256', $3, $4)"""
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('app.tenant_id', $1, true)", str(attacker))
            deleted = "DELETE FROM directory.issuers WHERE issuer = $1"
            assert await connection.execute(deleted, tenant.name) == "DELETE 0"
            attempts: list[tuple[type[Exception], tuple[Any, ...]]] = [
                (asyncpg.InsufficientPrivilegeError, (tenant.world.graph.tenant_id, "x", False)),
                (asyncpg.InsufficientPrivilegeError, (attacker, "x", True)),
                (asyncpg.UniqueViolationError, (attacker, "x", False)),
            ]
            for error, values in attempts:
                with pytest.raises(error):
                    async with connection.transaction():
                        await connection.execute(insert, tenant.name, *values)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute("UPDATE directory.issuers SET audience = 'mine'")
    finally:
        await connection.close()
    (kept,) = await TenantRegistry(pool).find_issuers([tenant.name])
    assert (kept.tenant_id, kept.rules.key) == (tenant.world.graph.tenant_id, "staff")


async def test_slow_hosts_of_a_tenant_do_not_hinder_another() -> None:
    """A process does few fetches at once, and two of them could be those of one admin."""
    started, released = asyncio.Event(), asyncio.Event()

    async def fetch(address: str) -> bytes:
        if "slow" in address:
            started.set()
            await released.wait()
        return KEY_SET.encode()

    services = IssuerServices(NoIssuers(), Settings(), fetch)

    async def find(tenant_number: int, host: str) -> KeySource:
        issuer = an_issuer_of(TenantId(UUID(int=tenant_number)), "staff", IssuerPreset.KEYCLOAK)
        return await services.find_keys(issuer, KeySource(uri=f"https://{host}.example/keys"))

    slow = asyncio.create_task(find(1, "slow"))
    await started.wait()
    with pytest.raises(LimitExceeded, match="Try again"):
        await find(1, "quick")
    assert (await find(2, "quick")).uri == "https://quick.example/keys"
    released.set()
    await slow
    assert (await find(1, "quick")).uri == "https://quick.example/keys"


def test_the_algorithms_are_those_of_the_verifier() -> None:
    assert frozenset(rules.ALGORITHMS) == ALGORITHMS
