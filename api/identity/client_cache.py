"""The service clients that sent requests lately, cached from the database for a few seconds."""

import asyncio

from api.identity.single_flight import SingleFlight
from domain.service_clients import ClientId
from persistence.client_directory import ClientDirectory, KnownClient
from persistence.kernel.caching import Clock, TtlCache

CACHE_TTL = 5.0
"""Seconds after which a client is read again: so long a revoked key works on."""

LOOKUP_TIMEOUT = 3.0
MAX_CACHED_CLIENTS = 4_096
MAX_LOOKUPS = 8
"""Statements at once. Ids that nobody has must not take all connections."""


class ClientCache:
    """A cache of service clients. Ids that nobody has are in a cache of their own.

    An unchanged client keeps the same object.
    """

    def __init__(self, directory: ClientDirectory, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._clients: TtlCache[ClientId, KnownClient] = TtlCache(MAX_CACHED_CLIENTS, clock)
        self._earlier: TtlCache[ClientId, KnownClient] = TtlCache(MAX_CACHED_CLIENTS, clock)
        self._unknown: TtlCache[ClientId, bool] = TtlCache(MAX_CACHED_CLIENTS, clock)
        self._lookups: SingleFlight[ClientId, KnownClient | None] = SingleFlight()
        self._places = asyncio.Semaphore(MAX_LOOKUPS)

    async def get(self, id: ClientId) -> KnownClient | None:
        """Return a client that may sign in, or None."""
        known = self._clients.get(id)
        if known is not None:
            return known
        if self._unknown.get(id):
            return None
        return await self._lookups.start_or_join(id, lambda: self._load(id))

    async def close(self) -> None:
        """Cancel the running lookups."""
        await self._lookups.cancel_all()

    async def _load(self, id: ClientId) -> KnownClient | None:
        # A timeout of its own, because one request's deadline must not end a shared lookup.
        async with asyncio.timeout(LOOKUP_TIMEOUT), self._places:
            # Counted from before the statement, so that a change during it is seen in time too.
            expires_at = self._clock() + CACHE_TTL
            found = await self._directory.find_client(id)
        if found is None:
            self._unknown.put(id, True, expires_at)  # noqa: FBT003 - a cached value
            return None
        earlier = self._earlier.get(id)
        if found == earlier:
            found = earlier
        self._clients.put(id, found, expires_at)
        self._earlier.put(id, found, float("inf"))
        return found
