"""Presets: what the access tokens of each identity provider look like by default.

Providers differ in the type that they write into the header, in the claims that tell an access
token from an ID token, and in the claim that keeps a person's name for ever. A preset holds all
of that for one provider. Its sources are the providers' own reference pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

NO_TYPE = ""
"""Stands for a token whose header has no type (`typ`)."""

ACCESS_TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})
ID_TOKEN_CLAIMS = frozenset({"nonce", "at_hash", "c_hash"})
HOUR = int(timedelta(hours=1).total_seconds())
GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class IssuerPreset(StrEnum):
    """The identity provider whose access tokens an issuer has."""

    STRICT = "strict"
    ENTRA = "entra"
    ENTRA_V1 = "entra_v1"
    OKTA = "okta"
    AUTH0 = "auth0"
    KEYCLOAK = "keycloak"
    GOOGLE = "google"
    COGNITO = "cognito"
    PINGONE = "pingone"

    @property
    def key(self) -> str:
        """The name in `PRESETS`, in the registry and on the command line."""
        return self.value.replace("_", "-")


@dataclass(frozen=True)
class TokenPreset:
    """What the access tokens of one identity provider look like.

    All texts are compared exactly, except types in headers, which have no case.
    """

    issuer_pattern: str = r"\S+"
    """A regular expression of the whole issuer. Its group `tenant`, if any, is the tenant value."""

    header_types: frozenset[str] = ACCESS_TOKEN_TYPES
    """The types (`typ`) that the header may have, in lower case."""

    subject_claim: str = "sub"
    """The claim that identifies a person for ever. An e-mail address never does."""

    client_claims: tuple[str, ...] = ("client_id", "azp")
    """The claims that may name the client; the first one that the token has counts."""

    tenant_claim: str = ""
    """The claim that must equal the tenant value of the issuer; empty for none."""

    has_audience: bool = True
    """Whether tokens name an audience (`aud`). Without one, the clients must be listed."""

    needs_token_id: bool = False
    """Whether tokens must have an id (`jti`)."""

    max_lifetime: int | None = HOUR
    """The longest lifetime, in seconds; None for that of `TRELLIS_TOKEN_LIFETIME`."""

    required_values: Mapping[str, str] = field(default_factory=dict)
    """Claims that must have exactly this value."""

    one_of_claims: frozenset[str] = frozenset()
    """Claims of which an access token has at least one, and an ID token none."""

    required_claims: frozenset[str] = frozenset()
    """Claims that every access token has, and no ID token."""

    forbidden_claims: frozenset[str] = ID_TOKEN_CLAIMS
    """Claims that only ID tokens have."""

    aliases: tuple[str, ...] = ()
    """Other names that the provider writes into `iss`, to be registered together."""

    @property
    def names_tenant(self) -> bool:
        """Whether the issuer itself names the customer, so that it is of one tenant only."""
        return "(?P<tenant>" in self.issuer_pattern


STRICT = "strict"

_ENTRA = TokenPreset(
    issuer_pattern=rf"https://login\.microsoftonline\.com/(?P<tenant>{GUID})/v2\.0",
    header_types=frozenset({"jwt"}),
    # `sub` differs from application to application, and `oid` is unique within `tid`.
    subject_claim="oid",
    client_claims=("azp",),
    tenant_claim="tid",
    max_lifetime=2 * HOUR,
    one_of_claims=frozenset({"scp", "roles"}),
    # An ID token of an application that is its own API has its audience, and may have `roles`.
    required_claims=frozenset({"azp"}),
)

PRESETS: Mapping[str, TokenPreset] = {
    # RFC 9068.
    STRICT: TokenPreset(needs_token_id=True, max_lifetime=None, forbidden_claims=frozenset()),
    "entra": _ENTRA,
    # The manifest of the API decides about the version of its tokens, not the endpoint.
    "entra-v1": TokenPreset(
        issuer_pattern=rf"https://sts\.windows\.net/(?P<tenant>{GUID})/",
        header_types=_ENTRA.header_types,
        subject_claim=_ENTRA.subject_claim,
        client_claims=("appid",),
        tenant_claim=_ENTRA.tenant_claim,
        max_lifetime=_ENTRA.max_lifetime,
        one_of_claims=_ENTRA.one_of_claims,
        required_claims=frozenset({"appid"}),
    ),
    # Access tokens of a custom authorization server. `sub` is the login, which may change.
    "okta": TokenPreset(
        issuer_pattern=r"https://[^/\s]+/oauth2/[^/\s]+",
        header_types=frozenset({NO_TYPE, "jwt", *ACCESS_TOKEN_TYPES}),
        subject_claim="uid",
        client_claims=("cid",),
        one_of_claims=frozenset({"cid"}),
    ),
    "auth0": TokenPreset(
        issuer_pattern=r"https://[^/\s]+/",
        header_types=frozenset({"jwt", *ACCESS_TOKEN_TYPES}),
        max_lifetime=24 * HOUR,
        one_of_claims=frozenset({"scope", "permissions"}),
    ),
    # The kind of the token is a claim, and the same type is in all headers.
    "keycloak": TokenPreset(
        issuer_pattern=r"https?://\S+/realms/[^/\s]+",
        header_types=frozenset({"jwt", *ACCESS_TOKEN_TYPES}),
        client_claims=("azp",),
        required_values={"typ": "Bearer"},
        forbidden_claims=frozenset(),
    ),
    # Access tokens of Google cannot be verified by others, so this is the ID token.
    "google": TokenPreset(
        issuer_pattern=r"https://accounts\.google\.com",
        header_types=frozenset({"jwt"}),
        client_claims=("azp",),
        tenant_claim="hd",
        forbidden_claims=frozenset(),
        aliases=("accounts.google.com",),
    ),
    "cognito": TokenPreset(
        issuer_pattern=r"https://cognito-idp\.[a-z0-9-]+\.amazonaws\.com/[A-Za-z0-9_-]+",
        header_types=frozenset({NO_TYPE, "jwt", *ACCESS_TOKEN_TYPES}),
        client_claims=("client_id",),
        has_audience=False,
        required_values={"token_use": "access"},
    ),
    "pingone": TokenPreset(
        issuer_pattern=rf"https://auth\.pingone\.[a-z.]+/{GUID}/as",
        header_types=frozenset({NO_TYPE, "jwt", *ACCESS_TOKEN_TYPES}),
        client_claims=("client_id",),
        one_of_claims=frozenset({"client_id"}),
    ),
}
