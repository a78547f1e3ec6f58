"""The token endpoint: it authenticates a service client, and signs an access token for it."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import structlog

from api.identity.client_cache import ClientCache
from api.identity.client_issuer import ClientIssuer
from api.identity.client_keys import ClientVerifier, find_key
from api.oauth.assertions import (
    AssertionRefused,
    find_subject,
    parse_assertion,
    verify_assertion,
)
from api.oauth.attempts import AttemptLimiter
from api.oauth.errors import invalid_client
from api.oauth.token_request import TokenRequest
from domain.kernel.identity import TenantId
from domain.service_clients import (
    Address,
    ClientId,
    ClientKey,
    is_address_allowed,
    parse_client_id,
    parse_client_key,
)
from persistence.client_directory import ClientDirectory, KnownClient

NOBODY = ClientId(TenantId(UUID(int=0)), UUID(int=0))

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class IssuedToken:
    """A new access token of a service client."""

    client: ClientId
    token: str
    expires_in: int


TokenSource: TypeAlias = Callable[[TokenRequest, Address | None], Awaitable[IssuedToken]]
"""Issues a token for a request from an address. Raises OAuthError."""


async def issue_no_token(*_: object) -> IssuedToken:
    """Refuse every client, in a process without a database."""
    raise invalid_client()


class ClientRefused(Exception):
    """A client is not accepted. The message is for logs."""


class TokenEndpoint:
    """The token endpoint of one process."""

    def __init__(
        self,
        verifier: ClientVerifier,
        directory: ClientDirectory,
        issuer: ClientIssuer,
        audiences: Collection[str],
    ) -> None:
        self._verifier = verifier
        self._directory = directory
        self._issuer = issuer
        self._audiences = frozenset(audiences)
        self.attempts = AttemptLimiter()

    async def issue(self, request: TokenRequest, address: Address | None) -> IssuedToken:
        """Return a token for a client that proves who it is. Raises OAuthError."""
        name = request.client_id or find_subject(request.assertion)
        self.attempts.require_failures_left(name, address)
        try:
            known = await self._authenticate(request, address)
        except (ClientRefused, AssertionRefused) as refusal:
            self.attempts.record_failure(name, address)
            _log.info("service_client_refused", why=str(refusal))
            raise invalid_client() from None
        self.attempts.charge_client(known.client)
        token = self._issuer.sign(known.client, self._verifier.now)
        return IssuedToken(known.client, token, int(self._issuer.lifetime.total_seconds()))

    async def _authenticate(self, request: TokenRequest, address: Address | None) -> KnownClient:
        if request.assertion is not None:
            known = await self._check_assertion(request, request.assertion)
        else:
            known = await self._check_secret(request)
        if not is_address_allowed(known.networks, address):
            raise ClientRefused("wrong_network")
        return known

    async def _check_secret(self, request: TokenRequest) -> KnownClient:
        """Return the client whose key the secret is. The steps are the same for all refusals."""
        id = parse_client_id(request.client_id or "")
        key = parse_client_key(request.secret or "")
        known = await self._clients.get(id) if id is not None else None
        compared = key if key is not None else ClientKey(id or NOBODY, "")
        found = find_key(known, compared, self._verifier.now)
        if known is None or key is None or found is None or key.client != id:
            raise ClientRefused("wrong_secret")
        self._verifier.uses.record(known.client.tenant_id, found.id, self._verifier.now)
        return known

    async def _check_assertion(self, request: TokenRequest, text: str) -> KnownClient:
        assertion = parse_assertion(text)
        if request.client_id not in (None, assertion.client.text):
            raise ClientRefused("wrong_client")
        known, now = await self._clients.get(assertion.client), self._verifier.now
        verified = verify_assertion(assertion, known, self._audiences, now)
        if known is None:
            raise ClientRefused("unknown_client")
        is_first = await self._directory.claim_assertion(
            known.client, verified.token_hash, verified.expires_at, now
        )
        if not is_first:
            raise ClientRefused("replayed")
        self._verifier.uses.record(known.client.tenant_id, verified.key.id, now)
        return known

    @property
    def _clients(self) -> ClientCache:
        return self._verifier.clients
