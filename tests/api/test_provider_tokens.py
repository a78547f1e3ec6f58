"""Each identity provider's access tokens are accepted as they are, and its other tokens are not."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.identity import TokenVerifier, Unauthenticated
from domain.issuers import PRESETS, IssuerChoice
from tests.factories.tokens import (
    MERIDIAN,
    NOW,
    FakeClock,
    InMemoryIssuerRegistry,
    a_key_set,
    a_raw_token,
    an_issuer,
    an_rsa_signer,
    build_settings,
)

pytestmark = pytest.mark.anyio

RSA = an_rsa_signer("k1")
TENANT = "11111111-2222-3333-4444-555555555555"
OBJECT = "33333333-2222-3333-4444-555555555555"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Provider:
    """An issuer of one provider: what was chosen for it, and a token as it sends them."""

    issuer: str
    choice: IssuerChoice
    claims: dict[str, Any]
    subject: str
    header: dict[str, Any] = field(default_factory=lambda: {"typ": "JWT"})
    hours: float = 1

    def build_token(self, **changes: Any) -> str:
        """Return a token; a change to `...` leaves a claim out, `typ_` changes the header."""
        header = {"alg": "RS256", "kid": "k1", **self.header}
        if "typ_" in changes:
            header["typ"] = changes.pop("typ_")
        claims = {"iss": self.issuer, "iat": NOW, "exp": int(NOW + self.hours * 3_600)}
        members = {**claims, **self.claims, **changes}
        return a_raw_token(
            RSA, json.dumps(header), json.dumps({k: v for k, v in members.items() if v is not ...})
        )


PROVIDERS = {
    "entra": Provider(
        f"https://login.microsoftonline.com/{TENANT}/v2.0",
        IssuerChoice("entra", {"6f0c-guid"}, {"22"}),
        {
            "aud": "6f0c-guid", "azp": "22", "azpacr": "1", "oid": OBJECT, "tid": TENANT,
            "sub": "pw_Xy", "scp": "trellis.use", "preferred_username": "ada@acme.example",
            "uti": "u1", "ver": "2.0",
        },
        OBJECT,
        hours=4_920 / 3_600,
    ),
    "entra-v1": Provider(
        f"https://sts.windows.net/{TENANT}/",
        IssuerChoice("entra-v1", {"api://trellis"}, {"22"}),
        {
            "aud": "api://trellis", "appid": "22", "oid": OBJECT, "tid": TENANT, "sub": "pw_Ab",
            "scp": "use", "unique_name": "ada@acme.example", "ver": "1.0",
        },
        OBJECT,
    ),
    "okta": Provider(
        "https://acme.okta.com/oauth2/default",
        IssuerChoice("okta", {"api://default"}, {"0oa1"}),
        {
            "ver": 1, "jti": "AT.x", "aud": "api://default", "cid": "0oa1", "uid": "00u1",
            "scp": ["trellis.use"], "sub": "ada@acme.example",
        },
        "00u1",
        header={},
    ),
    "auth0": Provider(
        "https://acme.eu.auth0.com/",
        IssuerChoice("auth0", {"https://api.trellis.example"}, {"cl1"}, None, "org_id", "org_9"),
        {
            "sub": "auth0|65", "azp": "cl1", "scope": "openid profile", "org_id": "org_9",
            "aud": ["https://api.trellis.example", "https://acme.eu.auth0.com/userinfo"],
        },
        "auth0|65",
        hours=24,
    ),
    "keycloak": Provider(
        "https://id.acme.example/realms/staff",
        IssuerChoice("keycloak", {"trellis"}, {"web"}, None, "organization", "acme"),
        {
            "jti": "j", "aud": ["trellis", "account"], "sub": OBJECT, "typ": "Bearer",
            "azp": "web", "scope": "openid organization", "organization": {"acme": {"id": "66"}},
        },
        OBJECT,
    ),
    "google": Provider(
        "https://accounts.google.com",
        IssuerChoice("google", {"1-a.apps.example"}, tenant_value="acme.example"),
        {
            "azp": "1-a.apps.example", "aud": "1-a.apps.example", "sub": "1102",
            "hd": "acme.example", "email": "ada@acme.example", "email_verified": True,
        },
        "1102",
    ),
    "cognito": Provider(
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
        IssuerChoice("cognito", (), {"cl2"}),
        {
            "sub": "77", "client_id": "cl2", "token_use": "access", "scope": "trellis/use",
            "username": "ada", "cognito:groups": ["hr"], "jti": "j",
        },
        "77",
        header={},
    ),
    "pingone": Provider(
        f"https://auth.pingone.eu/{TENANT}/as",
        IssuerChoice("pingone", {"https://api.trellis.example"}, {"99"}),
        {
            "aud": ["https://api.trellis.example"], "client_id": "99", "sub": "aa",
            "scope": "use", "jti": "j",
        },
        "aa",
        header={"typ": "at+jwt"},
    ),
}  # fmt: skip

REFUSED: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {
    "entra": {
        "an ID token": ("wrong_kind", {"scp": ...}),
        "an ID token with a nonce": ("wrong_kind", {"nonce": "n"}),
        "an ID token with roles": (
            "wrong_kind",
            {"scp": ..., "azp": ..., "azpacr": ..., "roles": ["user"]},
        ),
        "another tenant": ("another_tenant", {"tid": OBJECT}),
        "no tenant": ("missing_tenant", {"tid": ...}),
        "another API": ("wrong_aud", {"aud": "another"}),
        "another client": ("wrong_client", {"azp": "23"}),
        "no stable key": ("missing_oid", {"oid": ...}),
        "more than two hours": ("lifetime", {"exp": NOW + 7_201}),
    },
    "entra-v1": {
        "an ID token with roles": ("wrong_kind", {"scp": ..., "appid": ..., "roles": ["user"]}),
        "another client": ("wrong_client", {"appid": "23"}),
    },
    "okta": {
        "an ID token": ("wrong_kind", {"cid": ...}),
        "a machine without a person": ("missing_uid", {"uid": ...}),
    },
    "auth0": {
        "an ID token": ("wrong_kind", {"scope": ...}),
        "another organization": ("another_tenant", {"org_id": "org_8"}),
        "no organization": ("missing_tenant", {"org_id": ...}),
        "an organization in another case": ("another_tenant", {"org_id": "ORG_9"}),
        "only the sibling's audience": (
            "wrong_aud",
            {"aud": ["https://acme.eu.auth0.com/userinfo"]},
        ),
    },
    "keycloak": {
        "an ID token": ("wrong_kind", {"typ": "ID"}),
        "a refresh token": ("wrong_kind", {"typ": "Refresh"}),
        "two organizations": ("another_tenant", {"organization": {"acme": {}, "other": {}}}),
        "a list of two organizations": ("another_tenant", {"organization": ["acme", "other"]}),
        "an empty organization": ("missing_tenant", {"organization": {}}),
        "no subject": ("missing_sub", {"sub": ...}),
        "no audience mapper": ("missing_aud", {"aud": ...}),
    },
    "google": {
        "a consumer's account": ("missing_tenant", {"hd": ...}),
        "another domain": ("another_tenant", {"hd": "evil.example"}),
        "another app": ("wrong_aud", {"aud": "2-b.apps.example"}),
    },
    "cognito": {
        "an ID token": ("wrong_kind", {"token_use": "id"}),
        "another client": ("wrong_client", {"client_id": "cl3"}),
        "no client": ("missing_client", {"client_id": ...}),
        "an audience that nobody named": ("wrong_aud", {"aud": "cl2"}),
    },
    "pingone": {
        "an ID token": ("wrong_kind", {"client_id": ..., "nonce": "n"}),
        "another type": ("wrong_type", {"typ_": "logout+jwt"}),
    },
}


def build_verifier(provider: Provider) -> TokenVerifier:
    clock = FakeClock()
    issuer = an_issuer(
        provider.issuer,
        rules=provider.choice.build_rules(provider.issuer),
        key_set=a_key_set(RSA.to_jwk()),
    )
    registry = InMemoryIssuerRegistry.from_issuers([issuer])
    return TokenVerifier(registry, build_settings(), now=clock, clock=clock)


@pytest.mark.parametrize("name", PROVIDERS)
async def test_the_access_token_of_a_provider_is_accepted(name: str) -> None:
    provider = PROVIDERS[name]

    caller = await build_verifier(provider).authenticate(f"Bearer {provider.build_token()}")

    assert (caller.tenant_id, caller.issuer) == (MERIDIAN, provider.issuer)
    assert caller.subject == provider.subject
    assert caller.token_id == provider.claims.get("jti", caller.token_id)
    assert len(caller.token_id) > 0


@pytest.mark.parametrize(
    ("name", "case"), [(name, case) for name, cases in REFUSED.items() for case in cases]
)
async def test_another_token_of_a_provider_is_refused_by_its_rule(name: str, case: str) -> None:
    provider, (reason, changes) = PROVIDERS[name], REFUSED[name][case]

    with pytest.raises(Unauthenticated) as refused:
        await build_verifier(provider).authenticate(f"Bearer {provider.build_token(**changes)}")

    assert refused.value.reason == reason


@pytest.mark.parametrize("name", PROVIDERS)
async def test_the_strict_rules_refuse_most_of_these_tokens(name: str) -> None:
    """They were the only rules before there were presets."""
    provider = PROVIDERS[name]
    strict = an_issuer(
        provider.issuer,
        audiences=frozenset(provider.choice.audiences) or frozenset({"trellis"}),
        key_set=a_key_set(RSA.to_jwk()),
    )
    clock = FakeClock()
    verifier = TokenVerifier(
        InMemoryIssuerRegistry.from_issuers([strict]), build_settings(), now=clock, clock=clock
    )

    if name == "pingone":
        await verifier.authenticate(f"Bearer {provider.build_token()}")
        return
    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "wrong_type"):
        await verifier.authenticate(f"Bearer {provider.build_token()}")


def test_every_preset_has_a_token_and_cases_that_are_refused() -> None:
    assert set(PROVIDERS) == set(REFUSED) == set(PRESETS) - {"strict"}
