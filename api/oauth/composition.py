"""How people and service clients are authenticated in one process: the parts, put together."""

import time
from dataclasses import dataclass

from api.identity.authenticator import RequestAuthenticator
from api.identity.client_cache import ClientCache
from api.identity.client_issuer import ClientIssuer, RegistryWithClients
from api.identity.client_keys import ClientVerifier
from api.identity.key_uses import KeyUses
from api.identity.token_verifier import TokenVerifier
from api.oauth.token_endpoint import TokenEndpoint
from api.settings import Settings
from persistence.client_directory import ClientDirectory
from persistence.kernel.pools import Pool, PoolSource
from persistence.tenant_registry import TenantRegistry

TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path


@dataclass(frozen=True)
class Identity:
    """The authentication of requests, and the endpoint where service clients get tokens."""

    authenticator: RequestAuthenticator
    token_endpoint: TokenEndpoint


def build_identity(home: Pool, tenants: PoolSource, settings: Settings, secret: str) -> Identity:
    """Return the parts. `home` reads the registry, `tenants` the clients of each tenant."""
    issuer = ClientIssuer.create(secret, settings.audience, settings.token_lifetime)
    directory = ClientDirectory(tenants)
    clients = ClientVerifier(
        ClientCache(directory, time.monotonic), KeyUses(directory), now=time.time
    )
    registry = RegistryWithClients(TenantRegistry(home), issuer)
    return Identity(
        RequestAuthenticator(TokenVerifier(registry, settings), clients),
        TokenEndpoint(clients, directory, issuer, list_audiences(settings)),
    )


def list_audiences(settings: Settings) -> list[str]:
    """Return what assertions may name as their audience."""
    url = settings.public_url
    return [settings.audience, *([url, url + TOKEN_PATH] if url else [])]
