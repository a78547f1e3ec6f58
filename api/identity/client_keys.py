"""Authentication of service clients: by a key, or by a token that they got for one."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from api.identity.client_cache import ClientCache
from api.identity.client_names import ISSUER_PREFIX
from api.identity.errors import Unauthenticated
from api.identity.key_uses import KeyUses
from api.identity.token_verifier import Caller
from domain.service_clients import (
    SUBJECT_PREFIX,
    Address,
    ClientId,
    ClientKey,
    build_subject,
    is_address_allowed,
    parse_client_key,
)
from persistence.client_directory import KnownClient, KnownKey
from persistence.kernel.caching import Clock, TtlCache

MAX_CACHED_KEYS = 10_000
KEY_HEADER = re.compile(r"bearer (trellis_key_\S*)", re.IGNORECASE | re.ASCII)
_KEY_HEADER_START = "bearer trellis_key_"
_NO_KEY = "0" * 64


class KeyRefused(Unauthenticated):
    """A key of a service client is not accepted. The message is the same whatever the reason is."""

    default_message: ClassVar[str] = (
        "This key is not accepted here. Look at the service client in Trellis: its status, its last"
        " day, its allowed networks, and when the key expires."
    )


@dataclass(frozen=True, slots=True)
class _VerifiedKey:
    """A verified key, with the client as it was then."""

    client: KnownClient
    key: KnownKey
    caller: Caller


def is_key_header(authorization: str | None) -> bool:
    """Return whether an Authorization header holds a key of a service client."""
    return authorization is not None and authorization[:19].lower() == _KEY_HEADER_START


def find_key(client: KnownClient | None, key: ClientKey, now: datetime) -> KnownKey | None:
    """Return which key of a client this is, or None. It takes as long for a client without one."""
    found: KnownKey | None = None
    for each in client.keys if client is not None else ():
        if each.secret_hash is not None and key.opens(each.secret_hash) and now < each.expires_at:
            found = each
    key.opens(_NO_KEY)
    return found


class ClientVerifier:
    """The verifier of service clients in one process, with a cache of verified keys.

    Each request looks up the client, which is cached for five seconds. So a revoked key, a removed
    network and a suspended client are refused within five seconds.
    """

    def __init__(self, clients: ClientCache, uses: KeyUses, now: Clock) -> None:
        self.clients = clients
        self.uses = uses
        self._now = now
        self._verified: TtlCache[bytes, _VerifiedKey] = TtlCache(MAX_CACHED_KEYS, now)

    @property
    def now(self) -> datetime:
        """The time of the clock."""
        return datetime.fromtimestamp(self._now(), UTC)

    async def authenticate_key(self, authorization: str, address: Address | None) -> Caller:
        """Return the caller of a header with a key. Raises KeyRefused."""
        digest = hashlib.sha256(authorization.encode()).digest()
        verified = self._verified.get(digest)
        id = verified.client.client if verified else _parse_header(authorization).client
        client = await self.clients.get(id)
        if verified is None or verified.client is not client:
            verified = self._verify(client, _parse_header(authorization), digest)
        if not is_address_allowed(verified.client.networks, address):
            raise KeyRefused("wrong_network")
        self.uses.record(id.tenant_id, verified.key.id, self.now)
        return verified.caller

    def find_cached_caller(self, authorization: str) -> Caller | None:
        """Return the caller of a key that was verified before, or None. For load shedding only."""
        verified = self._verified.get(hashlib.sha256(authorization.encode()).digest())
        return verified.caller if verified is not None else None

    async def admit_token(self, caller: Caller, address: Address | None) -> Caller:
        """Return the caller of a verified token of a service client. Raises KeyRefused."""
        id = UUID(caller.subject.removeprefix(SUBJECT_PREFIX))
        client = await self.clients.get(ClientId(caller.tenant_id, id))
        if client is None:
            raise KeyRefused("unknown_client")
        if not is_address_allowed(client.networks, address):
            raise KeyRefused("wrong_network")
        return replace(caller, lane=client.lane, budgets=client.budgets)

    async def close(self) -> None:
        """Cancel the running lookups, and write what was used."""
        await self.clients.close()
        await self.uses.flush()

    def _verify(self, client: KnownClient | None, key: ClientKey, digest: bytes) -> _VerifiedKey:
        found = find_key(client, key, self.now)
        if client is None or found is None:
            raise KeyRefused("unknown_key")
        caller = Caller(
            tenant_id=key.client.tenant_id,
            tenant_slug=client.tenant_slug,
            issuer=f"{ISSUER_PREFIX}{key.client.tenant_id}",
            subject=build_subject(key.client.id),
            expires_at=found.expires_at,
            token_id=str(found.id),
            lane=client.lane,
            budgets=client.budgets,
        )
        verified = _VerifiedKey(client, found, caller)
        self._verified.put(digest, verified, found.expires_at.timestamp())
        return verified


def _parse_header(authorization: str) -> ClientKey:
    match = KEY_HEADER.fullmatch(authorization)
    key = parse_client_key(match.group(1)) if match else None
    if key is None:
        raise KeyRefused("malformed_key")
    return key
