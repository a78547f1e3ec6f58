"""The issuer of the access tokens that service clients get at `/oauth/token`.

Its key is derived from the secret of the installation, so every process signs and verifies with
the same one, and nothing is stored. Each tenant has an issuer, whose name has the tenant's id. No
row of the registry counts under such a name: the keys of these issuers come from here alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.identity.built_in_issuer import ALGORITHM, build_jwks, sign_token
from api.identity.client_names import ISSUER_PREFIX, is_client_issuer
from domain.issuers import TokenRules
from domain.kernel.identity import TenantId
from domain.service_clients import ClientId, build_subject
from persistence.tenant_registry import Issuer, TenantRegistry

LIFETIME = timedelta(minutes=10)
PURPOSE = b"trellis: access tokens of service clients"


@dataclass(frozen=True)
class ClientIssuer:
    """Signs the access tokens of service clients."""

    key: Ed25519PrivateKey
    audience: str
    lifetime: timedelta

    @classmethod
    def create(cls, secret: str, audience: str, max_lifetime: int) -> "ClientIssuer":
        """Return the issuer of an installation with this secret."""
        derivation = HKDF(SHA256(), length=32, salt=None, info=PURPOSE)
        key = Ed25519PrivateKey.from_private_bytes(derivation.derive(secret.encode()))
        return cls(key, audience, min(LIFETIME, timedelta(seconds=max_lifetime)))

    def sign(self, client: ClientId, now: datetime) -> str:
        """Return a new access token of a client."""
        name, subject = f"{ISSUER_PREFIX}{client.tenant_id}", build_subject(client.id)
        return sign_token(self.key, name, self.audience, subject, self.lifetime, now)

    def build_issuer(self, tenant_id: TenantId, slug: str) -> Issuer:
        """Return what verifies the tokens of one tenant's clients."""
        return Issuer(
            name=f"{ISSUER_PREFIX}{tenant_id}",
            tenant_id=tenant_id,
            tenant_slug=slug,
            rules=TokenRules(audiences=frozenset({self.audience})),
            algorithms=frozenset({ALGORITHM}),
            key_set=build_jwks(self.key),
        )


@dataclass(frozen=True)
class RegistryWithClients:
    """The registry of issuers, and beside it the issuer of each tenant's service clients."""

    registry: TenantRegistry
    issuer: ClientIssuer

    async def find_issuers(self, names: Sequence[str]) -> Sequence[Issuer]:
        """Return those issuers of exactly these names that exist."""
        others = [each for each in names if not is_client_issuer(each)]
        ids = [id for each in names if (id := _parse_tenant_id(each)) is not None]
        found = list(await self.registry.find_issuers(others)) if others else []
        slugs = await self.registry.find_slugs(ids) if ids else {}
        return [*found, *(self.issuer.build_issuer(TenantId(id), slugs[id]) for id in slugs)]


def _parse_tenant_id(name: str) -> UUID | None:
    """Return the tenant that exactly such a name has, or None."""
    if not name.startswith(ISSUER_PREFIX):
        return None
    text = name.removeprefix(ISSUER_PREFIX)
    try:
        id = UUID(text)
    except ValueError:
        return None
    return id if str(id) == text else None
