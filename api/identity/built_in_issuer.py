"""The built-in issuer signs the tokens of `trellis token` and of the demo, never in production.

Its private key stays in the state directory; its public key is in the registry, one row per
tenant, as for other issuers. So its tokens are verified like all others, and removing a row ends
the trust. In production it neither signs nor is its name trusted, whatever the registry contains.
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import OKPAlgorithm

from api.identity.secret_files import read_or_create
from api.settings import Settings
from domain.issuers import TokenRules
from domain.tenants import TenantRegistration
from persistence.kernel.pools import Connection
from persistence.tenant_registry import Issuer, TenantRecord, register_issuer

ISSUER_PREFIX = "urn:trellis:built-in:"
PLATFORM_ISSUER = f"{ISSUER_PREFIX}:platform"
"""The name that signs for operators. No slug contains a colon, so it is no tenant's."""

ALGORITHM = "EdDSA"
KEY_FILE = "signing-key.pem"
SECRET_FILE = "sealing-secret"  # noqa: S105 - a file name


class NotAllowedInProduction(Exception):
    """The built-in issuer was used in production."""


def is_built_in(issuer: str) -> bool:
    """Return whether the name belongs to the built-in issuer; upper and lower case are equal."""
    return issuer.casefold().startswith(ISSUER_PREFIX)


def build_issuer_name(slug: str) -> str:
    """Return the built-in issuer's name for one tenant. Only the registry maps it to the tenant."""
    return ISSUER_PREFIX + slug


def load_signing_key(settings: Settings) -> Ed25519PrivateKey:
    """Load or generate the key in the state directory. Raises NotAllowedInProduction."""
    if settings.production:
        raise NotAllowedInProduction(
            "The built-in issuer does not sign in production. Register your identity provider."
        )
    key = load_pem_private_key(
        read_or_create(settings.directory / KEY_FILE, generate_key), password=None
    )
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{KEY_FILE} contains no Ed25519 key. Remove it to generate a new one.")
    return key


def build_jwks(key: Ed25519PrivateKey) -> str:
    """Build the JSON Web Key Set of the public key."""
    public = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return json.dumps(
        {"keys": [{**public, "kid": _compute_key_id(key), "use": "sig", "alg": ALGORITHM}]}
    )


def sign_token(
    key: Ed25519PrivateKey, issuer: str, audience: str, subject: str, ttl: timedelta, now: datetime
) -> str:
    """Sign an access token."""
    issued = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": subject,
        "iat": issued,
        "exp": issued + int(ttl.total_seconds()),
        "jti": secrets.token_urlsafe(12),
    }
    return jwt.encode(
        claims, key, ALGORITHM, headers={"typ": "at+jwt", "kid": _compute_key_id(key)}
    )


def issue_token(settings: Settings, slug: str, subject: str, ttl: timedelta | None = None) -> str:
    """Issue an access token for a subject of one tenant, valid from now.

    Raises NotAllowedInProduction, and ValueError for a lifetime that is too long.
    """
    return _issue(settings, build_issuer_name(slug), settings.audience, subject, ttl)


def issue_platform_token(settings: Settings, subject: str, ttl: timedelta | None = None) -> str:
    """Issue an access token for an operator of the platform, valid from now; see `issue_token`."""
    audience = get_platform_audience(settings)
    return _issue(settings, PLATFORM_ISSUER, audience, subject, ttl)


def get_platform_audience(settings: Settings) -> str:
    """Return the audience of the built-in issuer's tokens for operators."""
    return f"{settings.audience}-platform"


def _issue(
    settings: Settings, issuer: str, audience: str, subject: str, ttl: timedelta | None
) -> str:
    max_lifetime = timedelta(seconds=settings.built_in_token_lifetime)
    lifetime = max_lifetime if ttl is None else ttl
    if not timedelta(0) < lifetime <= max_lifetime:
        raise ValueError(f"The lifetime must be 1 to {settings.built_in_token_lifetime} seconds.")
    key = load_signing_key(settings)
    return sign_token(key, issuer, audience, subject, lifetime, datetime.now(UTC))


async def register_tenant(
    connection: Connection, tenant: TenantRecord, key: Ed25519PrivateKey, audience: str
) -> None:
    """Write the public key into the registry for one tenant."""
    await register_issuer(connection, build_issuer(tenant, key, audience))


async def trust_built_in_issuer(
    connection: Connection, tenant: TenantRegistration, settings: Settings
) -> None:
    """Outside production, let `trellis token` sign in to a new tenant."""
    if not settings.production:
        record = TenantRecord(tenant.id, tenant.slug, tenant.status, datetime.now(UTC))
        await register_tenant(connection, record, load_signing_key(settings), settings.audience)


def build_issuer(tenant: TenantRecord, key: Ed25519PrivateKey, audience: str) -> Issuer:
    """Build the registry's row of the built-in issuer for one tenant."""
    return Issuer(
        name=build_issuer_name(tenant.slug),
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        rules=TokenRules(audiences=frozenset({audience})),
        algorithms=frozenset({ALGORITHM}),
        key_set=build_jwks(key),
    )


def load_sealing_secret(settings: Settings) -> str:
    """Return the secret that seals cursors: the configured one, else one in the state directory."""
    if settings.secret is not None:
        return settings.secret.get_secret_value()
    return read_or_create(
        settings.directory / SECRET_FILE, lambda: secrets.token_hex(32).encode()
    ).decode()


def list_ballot_secrets(settings: Settings) -> list[str]:
    """Return the secrets that open batches of ballots, the one that seals them first."""
    former = settings.former_secret
    return [load_sealing_secret(settings), *([former.get_secret_value()] if former else [])]


def generate_key() -> bytes:
    """Return a new private key as PEM."""
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def _compute_key_id(key: Ed25519PrivateKey) -> str:
    """Return the key's thumbprint (RFC 7638), so that a new key never has an old id."""
    public = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    members = {name: public[name] for name in ("crv", "kty", "x")}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    return jwt.utils.base64url_encode(hashlib.sha256(canonical).digest()).decode()
