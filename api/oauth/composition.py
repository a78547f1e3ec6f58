"""How people and service clients are authenticated in one process: the parts, put together."""

import time
from dataclasses import dataclass

from api.identity.authenticator import RequestAuthenticator
from api.identity.client_cache import ClientCache
from api.identity.client_issuer import ClientIssuer, RegistryWithClients
from api.identity.client_keys import ClientVerifier
from api.identity.issuer_services import keep_issuer_services
from api.identity.key_uses import KeyUses
from api.identity.token_verifier import TokenVerifier
from api.oauth.token_endpoint import TokenEndpoint
from api.settings import Settings
from persistence.client_directory import ClientDirectory
from persistence.databases import Databases
from persistence.kernel.pools import PoolSource
from persistence.tenant_registry import TenantRegistry

TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path


@dataclass(frozen=True)
class Identity:
    """The authentication of requests, and the endpoint where service clients get tokens."""

    authenticator: RequestAuthenticator
    token_endpoint: TokenEndpoint


def build_identity(
    databases: Databases, tenants: PoolSource, settings: Settings, secret: str
) -> Identity:
    """Return the parts. The registry is at home; `tenants` reads the clients of each tenant."""
    known = TenantRegistry(databases.home.read_pool)
    keep_issuer_services(settings, known, databases.is_at_home)
    issuer = ClientIssuer.create(secret, settings.audience, settings.token_lifetime)
    directory = ClientDirectory(tenants)
    clients = ClientVerifier(
        ClientCache(directory, time.monotonic), KeyUses(directory), now=time.time
    )
    registry = RegistryWithClients(known, issuer)
    return Identity(
        RequestAuthenticator(TokenVerifier(registry, settings), clients),
        TokenEndpoint(clients, directory, issuer, list_audiences(settings)),
    )


def list_audiences(settings: Settings) -> list[str]:
    """Return what assertions may name as their audience."""
    url = settings.public_url
    return [settings.audience, *([url, url + TOKEN_PATH] if url else [])]
