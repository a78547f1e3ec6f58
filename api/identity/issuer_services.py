"""What the mutations of issuers need of the process: fetching keys, and testing tokens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from api.identity.discovery import check_key_set, discover_key_set
from api.identity.issuer_registry import IssuerRegistry
from api.identity.jwks import MalformedKeySet, parse_key_set
from api.identity.ssrf_safe_fetch import Fetcher, SsrfSafeFetcher
from api.identity.token_verifier import Caller, TokenVerifier
from api.settings import Settings
from domain.issuers import Issuer, KeySource
from domain.kernel.errors import Code, Invalid, LimitExceeded, StateConflict
from domain.kernel.identity import TenantId
from persistence.tenant_registry import Issuer as RegisteredIssuer

MAX_FETCHES = 2
"""Fetches at once in a process: a change holds a connection of the write pool meanwhile.

A tenant has one of them, so that its slow hosts leave another to others.
"""

IsAtHome = Callable[[UUID], Awaitable[bool]]
"""Returns whether a tenant lives in the home database, which has the registry of issuers."""


async def live_at_home(_: UUID) -> bool:
    """Return true: with one database, every tenant lives in it."""
    return True


@dataclass(frozen=True)
class IssuerServices:
    """What one process needs to register issuers and to test their tokens."""

    current: ClassVar["IssuerServices"]

    registry: IssuerRegistry
    settings: Settings
    fetch: Fetcher
    is_at_home: IsAtHome = live_at_home
    _fetches: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_FETCHES))
    _fetching: set[TenantId] = field(default_factory=set)
    """The tenants for which something is fetched now."""

    async def require_home(self, tenant_id: TenantId) -> None:
        """Raise StateConflict for a tenant of another database: a change there has no effect."""
        if not await self.is_at_home(tenant_id):
            message = "Only the operator changes the issuers of this tenant. Ask the operator."
            raise StateConflict(message)

    async def find_keys(self, issuer: Issuer, source: KeySource) -> KeySource:
        """Return where the keys are, after they were fetched and parsed.

        Raises Invalid, LimitExceeded, and StateConflict where the registry is in another database.
        """
        await self.require_home(issuer.tenant_id)
        async with self._limit_fetches(issuer.tenant_id):
            return await find_keys(issuer, source, self.fetch)

    async def test_token(self, tenant_id: TenantId, token: str) -> Caller:
        """Verify a token as the server does, with the issuers of one tenant.

        Raises Unauthenticated and LimitExceeded.
        """
        registry = _OwnIssuers(self.registry, tenant_id)
        verifier = TokenVerifier(registry, self.settings, fetch=self.fetch)
        try:
            async with self._limit_fetches(tenant_id):
                return await verifier.authenticate(f"Bearer {token.strip()}")
        finally:
            await verifier.close()

    @asynccontextmanager
    async def _limit_fetches(self, tenant_id: TenantId) -> AsyncIterator[None]:
        """Hold one of the places for fetches. Raises LimitExceeded where none is free."""
        if tenant_id in self._fetching or self._fetches.locked():
            raise LimitExceeded("Other key sets are being fetched. Try again in a few seconds.")
        async with self._fetches:
            self._fetching.add(tenant_id)
            try:
                yield
            finally:
                self._fetching.remove(tenant_id)


async def find_keys(issuer: Issuer, source: KeySource, fetch: Fetcher) -> KeySource:
    """Return where the keys of an issuer are; without a source, its discovery document says it.

    Raises Invalid.
    """
    if source.text is not None:
        return KeySource(text=_check_text(source.text))
    if source.uri is not None:
        return KeySource(uri=await check_key_set(source.uri, fetch))
    return KeySource(uri=await discover_key_set(issuer.name, fetch))


def keep_issuer_services(
    settings: Settings, registry: IssuerRegistry, is_at_home: IsAtHome
) -> None:
    """Let the mutations of this process register issuers."""
    fetch = SsrfSafeFetcher(is_unrestricted=not settings.production)
    IssuerServices.current = IssuerServices(registry, settings, fetch, is_at_home)


def _check_text(text: str) -> str:
    try:
        keys = parse_key_set(text)
    except MalformedKeySet as error:
        raise Invalid(str(error), "keySet", code=Code.INVALID_FORMAT) from None
    if not keys:
        message = "The key set has no public key for signatures that has an id (`kid`)."
        raise Invalid(message, "keySet", code=Code.INVALID_FORMAT)
    return text


@dataclass(frozen=True)
class _OwnIssuers:
    """The issuers of one tenant: a refusal says nothing of the issuers of others."""

    registry: IssuerRegistry
    tenant_id: TenantId

    async def find_issuers(self, names: Sequence[str]) -> Sequence[RegisteredIssuer]:
        """Return those issuers of these names that the tenant has."""
        found = await self.registry.find_issuers(names)
        return [each for each in found if each.tenant_id == self.tenant_id]
