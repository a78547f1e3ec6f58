"""`trellis issuer`: an operator registers identity providers, and tests their tokens."""

import json
import time
from collections.abc import Mapping
from uuid import UUID

import pytest

from api.commands import issuers, tenants
from api.commands.database_url import Database
from api.commands.issuer_commands import describe_issuer
from api.identity.reasons import ADVICE, describe_reason
from api.identity.ssrf_safe_fetch import FetchError
from api.settings import Settings
from domain.issuers import IssuerChoice
from domain.kernel.errors import Invalid, NotFound
from domain.kernel.faults import list_faults
from domain.platform import FirstAdmin
from persistence.embedded import DatabaseUrls
from tests.api.test_provider_tokens import REFUSED
from tests.factories.tokens import a_key_set, a_raw_token, an_rsa_signer

pytestmark = pytest.mark.anyio

RSA = an_rsa_signer("k1")
KEYS = "https://id.example/keys"


@pytest.fixture
def database(addresses: DatabaseUrls) -> Database:
    return Database(addresses.serving, addresses.owner)


@pytest.fixture
async def slug(database: Database) -> str:
    slug = f"tenant-{time.time_ns()}"
    first = FirstAdmin("Ada", "Ahn", f"ada@{slug}.example")
    await tenants.create_tenant(database, Settings(), slug, "Acme", first)
    return slug


class Web:
    """The documents that identity providers publish."""

    def __init__(self, documents: Mapping[str, object]) -> None:
        self.documents = documents

    async def __call__(self, address: str) -> bytes:
        if address not in self.documents:
            raise FetchError("The response has status 404.")
        return json.dumps(self.documents[address]).encode()


def publish(issuer: str, /, **changes: object) -> Web:
    """Return the web with the discovery document and the keys of one issuer."""
    document = {"issuer": issuer, "jwks_uri": KEYS, **changes}
    address = f"{issuer.removesuffix('/')}/.well-known/openid-configuration"
    return Web({address: document, KEYS: json.loads(a_key_set(RSA.to_jwk()))})


def sign(issuer: str, subject: str, **changes: object) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer, "aud": "trellis", "azp": "web", "sub": subject, "scope": "openid",
        "iat": now, "exp": now + 600, **changes,
    }  # fmt: skip
    header = {"alg": "RS256", "kid": "k1", "typ": "JWT"}
    return a_raw_token(RSA, json.dumps(header), json.dumps(claims))


async def test_a_registered_provider_identifies_the_first_admin(
    database: Database, slug: str
) -> None:
    issuer = f"https://{slug}.auth0.example/"
    web, admin = publish(issuer), f"ada@{slug}.example"
    token = sign(issuer, admin)
    with pytest.raises(Invalid, match="unknown_issuer"):
        await issuers.identify(database, Settings(), slug, token, web)

    await issuers.register(database, slug, issuer, IssuerChoice("auth0", ["trellis"], ["web"]), web)

    assert await issuers.identify(database, Settings(), slug, token, web) == admin
    listed = await issuers.list_issuers(database, slug)
    assert [describe_issuer(each) for each in listed if each.name == issuer] == [
        (issuer, "auth0", "trellis", "web", "-", KEYS)
    ]
    await issuers.remove(database, slug, issuer)
    with pytest.raises(Invalid, match="unknown_issuer"):
        await issuers.identify(database, Settings(), slug, token, web)
    with pytest.raises(NotFound, match="has no issuer"):
        await issuers.remove(database, slug, issuer)


async def test_a_token_that_breaks_a_rule_is_explained_without_its_values(
    database: Database, slug: str
) -> None:
    issuer = f"https://{slug}.auth0.example/"
    web = publish(issuer)
    choice = IssuerChoice("auth0", ["trellis"], ["web"], None, "org_id", "org_9")
    await issuers.register(database, slug, issuer, choice, web)
    token = sign(issuer, "nobody@acme.example", org_id="org_secret")

    with pytest.raises(Invalid) as refused:
        await issuers.identify(database, Settings(), slug, token, web)

    assert str(refused.value) == (
        "another_tenant: the claim org_id is not org_9. The token belongs to another tenant, or to"
        " several."
    )
    with pytest.raises(NotFound, match="no active member"):
        stranger = sign(issuer, "nobody@acme.example", org_id="org_9")
        await issuers.identify(database, Settings(), slug, stranger, web)


async def test_an_alias_of_the_provider_is_registered_with_it(
    database: Database, slug: str
) -> None:
    """Google writes its name into `iss` in two ways."""
    google = "https://accounts.google.com"
    choice = IssuerChoice("google", ["1-a.example"], tenant_value="acme.example")

    registered = await issuers.register(database, slug, google, choice, publish(google))

    assert list(registered) == [google, "accounts.google.com"]
    listed = await issuers.list_issuers(database, slug)
    assert {each.key_set_uri for each in listed if each.name in registered} == {KEYS}
    await issuers.remove(database, slug, google)


async def test_an_issuer_of_another_tenant_is_refused_and_kept(
    database: Database, slug: str
) -> None:
    issuer = f"https://{slug}.auth0.example/"
    choice = IssuerChoice("auth0", ["trellis"])
    await issuers.register(database, slug, issuer, choice, publish(issuer))
    other = f"other-{slug}"
    await tenants.create_tenant(database, Settings(), other, "Other", None)

    with pytest.raises(Invalid, match="belongs to another tenant"):
        await issuers.register(
            database, other, issuer, IssuerChoice("auth0", ["evil"]), publish(issuer)
        )

    (kept,) = [each for each in await issuers.list_issuers(database, slug) if each.name == issuer]
    assert kept.rules.audiences == {"trellis"}
    assert issuer not in {each.name for each in await issuers.list_issuers(database, other)}


async def test_one_issuer_serves_several_tenants_by_a_claim(database: Database, slug: str) -> None:
    issuer = f"https://{slug}.auth0.example/"
    web, other = publish(issuer), f"other-{slug}"
    await tenants.create_tenant(
        database, Settings(), other, "Other", FirstAdmin("B", "Bo", f"bo@{slug}.example")
    )

    async def register(tenant: str, value: str) -> None:
        choice = IssuerChoice("auth0", ["trellis"], (), None, "org_id", value)
        await issuers.register(database, tenant, issuer, choice, web)

    await register(slug, "org_1")
    await register(other, "org_2")

    for tenant, who, value in ((slug, "ada", "org_1"), (other, "bo", "org_2")):
        subject = f"{who}@{slug}.example"
        token = sign(issuer, subject, org_id=value)
        assert await issuers.identify(database, Settings(), tenant, token, web) == subject
        with pytest.raises(Invalid, match="valid for another tenant"):
            elsewhere = other if tenant == slug else slug
            await issuers.identify(database, Settings(), elsewhere, token, web)
    for value, choice in (
        ("org_1", IssuerChoice("auth0", ["trellis"], (), None, "org_id", "org_1")),
        ("", IssuerChoice("auth0", ["trellis"])),
    ):
        with pytest.raises(Invalid, match="belongs to another tenant"):
            await issuers.register(database, other, issuer, choice, web)
        assert await issuers.identify(
            database, Settings(), slug, sign(issuer, f"ada@{slug}.example", org_id="org_1"), web
        ), value


async def test_what_the_provider_publishes_must_be_its_own(database: Database, slug: str) -> None:
    issuer = f"https://{slug}.auth0.example/"
    choice = IssuerChoice("auth0", ["trellis"])
    for web, sentence in (
        (Web({}), "There is no discovery document at"),
        (publish(issuer, issuer=issuer[:-1]), "names another issuer"),
        (publish(issuer, jwks_uri=None), "names no key set"),
        (publish(issuer, jwks_uri="https://id.example/none"), "There is no key set at"),
    ):
        with pytest.raises(Invalid, match=sentence):
            await issuers.register(database, slug, issuer, choice, web)

    names = {each.name for each in await issuers.list_issuers(database, slug)}
    assert issuer not in names


@pytest.mark.parametrize(
    ("issuer", "choice", "fields"),
    [
        ("https://a.example/", IssuerChoice("oktaa"), {"preset"}),
        ("https://a.auth0.com", IssuerChoice("auth0", ["trellis"]), {"name"}),
        ("https://login.microsoftonline.com/common/v2.0", IssuerChoice("entra", ["a"]), {"name"}),
        ("https://a.auth0.com/", IssuerChoice("auth0"), {"audiences"}),
        (
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
            IssuerChoice("cognito"),
            {"clients"},
        ),
        ("https://accounts.google.com", IssuerChoice("google", ["a"]), {"tenantValue"}),
        (
            "https://a.auth0.com/",
            IssuerChoice("auth0", ["two words"], ["c"], None, None, "x", 10),
            {"audiences", "tenantValue", "maxLifetime"},
        ),
    ],
)
def test_faults_of_a_registration_are_told_together(
    issuer: str, choice: IssuerChoice, fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        choice.build_rules(issuer)

    assert {fault.field[0] for fault in list_faults(refused.value)} == fields


def test_the_tenant_of_entra_comes_from_the_issuer() -> None:
    tenant = str(UUID(int=7))
    rules = IssuerChoice("entra", ["a"], tenant_value="another").build_rules(
        f"https://login.microsoftonline.com/{tenant}/v2.0"
    )

    assert (rules.tenant_claim, rules.tenant_value) == ("tid", tenant)
    assert rules.subject_claim == "oid"


def test_every_rule_that_providers_tokens_break_has_advice() -> None:
    broken = {reason for cases in REFUSED.values() for reason, _ in cases.values()}

    assert {each for each in broken if not each.startswith("missing_")} <= set(ADVICE)
    assert describe_reason("missing_oid", "") == (
        "missing_oid. The token has no such claim. Configure the provider to add it."
    )


async def test_a_preset_that_is_not_known_is_answered_with_those_that_are(
    database: Database, slug: str
) -> None:
    name = "https://a.example"
    with pytest.raises(Invalid) as refused:
        await issuers.register(database, slug, name, IssuerChoice("oktaa"), publish(name))
    (fault,) = list_faults(refused.value)
    assert str(fault).startswith("There is no preset oktaa. Choose one of strict, entra,")
    assert not [each for each in await issuers.list_issuers(database, slug) if each.name == name]
