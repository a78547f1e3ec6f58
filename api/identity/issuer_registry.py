"""The trusted issuers of each tenant, cached from the registry for a few seconds."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice, takewhile
from math import inf
from operator import attrgetter
from typing import Protocol

import structlog

from api.identity.built_in_issuer import is_built_in
from api.identity.jwks import ALGORITHMS, KeySet, MalformedKeySet, parse_key_set
from api.identity.single_flight import SingleFlight
from api.settings import Settings
from persistence.kernel.caching import Clock, LruCache, TtlCache
from persistence.tenant_registry import Issuer

CACHE_TTL = 5.0
"""Seconds after which a row of the registry is read again: so long a removed issuer works on."""

REGISTRY_TIMEOUT = 3.0
"""Seconds in which the registry must answer."""

MAX_CACHED_ISSUERS = 4_096
BATCH_SIZE = 100
"""Issuers per statement: 100 take about one millisecond, a single one a quarter of one."""

NO_ENTRY: tuple[tuple[()], float] = (), -inf

_log = structlog.get_logger(__name__)


class IssuerRegistry(Protocol):
    """The source of issuers: the table of the registry, or a dictionary in tests."""

    async def find_issuers(self, names: Sequence[str]) -> Sequence[Issuer]:
        """Return those issuers of exactly these names that exist."""
        ...


@dataclass(frozen=True)
class TrustPolicy:
    """An issuer and the limits of its tokens for one tenant.

    `keys` are set if the registry itself holds them.
    """

    issuer: Issuer
    algorithms: frozenset[str]
    max_lifetime: float
    leeway: float
    keys: KeySet | None = None


Issuers = tuple[Issuer, ...]
TrustPolicies = tuple[TrustPolicy, ...]
"""The policies of one issuer: several if it serves several tenants."""


class IssuerCache:
    """A cache of trust policies. Unknown names have a cache of their own and evict no issuer.

    An unchanged issuer keeps the same tuple of policies. Each statement also refreshes policies
    that expire soon, so thousands of issuers take one statement per hundred.
    """

    def __init__(self, registry: IssuerRegistry, settings: Settings, clock: Clock) -> None:
        self._registry = registry
        self._settings = settings
        self._clock = clock
        self._policies: LruCache[str, tuple[TrustPolicies, float]] = LruCache(MAX_CACHED_ISSUERS)
        self._unknown_names: TtlCache[str, bool] = TtlCache(MAX_CACHED_ISSUERS, clock)
        self._lookups: SingleFlight[str, TrustPolicies] = SingleFlight()

    async def get_policies(self, name: str) -> TrustPolicies:
        """Return the policies for the issuer of exactly this name; none if it is not trusted."""
        if self._settings.production and is_built_in(name):
            return ()
        policies, expires_at = self._policies.peek(name) or NO_ENTRY
        if self._clock() < expires_at:
            return policies
        if self._unknown_names.get(name):
            return ()
        return await self._lookups.start_or_join(name, lambda: self._load_policies(name))

    async def close(self) -> None:
        """Cancel the running lookups."""
        await self._lookups.cancel_all()

    async def _load_policies(self, name: str) -> TrustPolicies:
        # Counted from before the statement, so that a change during it is seen in time too.
        now = self._clock()
        expires_at, refresh_before = now + CACHE_TTL, now + CACHE_TTL / 2
        # The order of the cache is that of the expiry: only a refresh marks a policy as used.
        due = takewhile(lambda each: each[1][1] <= refresh_before, self._policies.items())
        others = [other for other, _ in islice(due, BATCH_SIZE) if other != name]
        for other in others:
            self._policies.get(other)  # Marked as used, so that no other lookup takes it as well.
        # A timeout of its own, because one request's deadline must not end a shared lookup.
        async with asyncio.timeout(REGISTRY_TIMEOUT):
            found = _group_issuers(await self._registry.find_issuers([name, *others]))
        for other in others:
            self._extend_policies(other, found.get(other, ()), expires_at)
        return self._store_policies(name, found.get(name, ()), expires_at)

    def _extend_policies(self, name: str, issuers: Issuers, expires_at: float) -> TrustPolicies:
        """Renew and return the policies of an unchanged issuer; remove them if it differs."""
        policies, _ = self._policies.pop(name) or NO_ENTRY
        if not policies or tuple(each.issuer for each in policies) != issuers:
            return ()
        self._policies.put(name, (policies, expires_at))
        return policies

    def _store_policies(self, name: str, issuers: Issuers, expires_at: float) -> TrustPolicies:
        policies = self._extend_policies(name, issuers, expires_at)
        if not issuers:
            self._unknown_names.put(name, True, expires_at)  # noqa: FBT003 - a cached value
        elif not policies:
            policies = tuple(map(self._build_policy, issuers))
            self._policies.put(name, (policies, expires_at))
        return policies

    def _build_policy(self, issuer: Issuer) -> TrustPolicy:
        is_own = is_built_in(issuer.name)
        settings = self._settings
        return TrustPolicy(
            issuer=issuer,
            algorithms=issuer.algorithms & ALGORITHMS,
            max_lifetime=settings.built_in_token_lifetime
            if is_own
            else issuer.rules.get_max_lifetime(settings.token_lifetime),
            # The built-in issuer uses the same clock.
            leeway=0 if is_own else settings.token_leeway,
            keys=_parse_registered_keys(issuer),
        )


def _group_issuers(issuers: Sequence[Issuer]) -> dict[str, Issuers]:
    """Return the issuers by their names, those of one name in a fixed order."""
    ordered = sorted(issuers, key=lambda each: (each.name, each.rules.tenant_value))
    return {name: tuple(each) for name, each in groupby(ordered, attrgetter("name"))}


def _parse_registered_keys(issuer: Issuer) -> KeySet | None:
    if issuer.key_set is None:
        return None if issuer.key_set_uri else {}
    try:
        return parse_key_set(issuer.key_set)
    except MalformedKeySet as error:
        _log.warning("key_set_malformed", issuer=issuer.name, why=str(error))
        return {}
