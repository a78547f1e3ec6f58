"""Issuers: who is believed, for which tenant, and on which terms."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from math import inf
from typing import Protocol

import structlog

from api.identity.built_in_issuer import is_built_in
from api.identity.caching import Clock, SingleFlight, TtlCache
from api.identity.jwks import ALGORITHMS, KeySet, MalformedKeySet, parse_key_set
from api.settings import Settings
from persistence.tenant_registry import Issuer

CACHE_TTL = 5.0
"""Seconds for which a row of the registry is believed; a removed issuer works no longer."""

REGISTRY_TIMEOUT = 3.0
"""Seconds for the registry to answer in."""

MAX_CACHED_ISSUERS = 4_096
BATCH_SIZE = 100
"""Issuers in one question: together they are a millisecond's work, alone a quarter each."""

NO_ENTRY: tuple[None, float] = None, -inf

_log = structlog.get_logger(__name__)


class IssuerRegistry(Protocol):
    """Where issuers are registered: the directory's table, or a dictionary in tests."""

    async def find_issuers(self, names: Sequence[str]) -> Sequence[Issuer]:
        """The issuers of exactly these names, as far as there are any."""
        ...


@dataclass(frozen=True)
class TrustPolicy:
    """An issuer and how far it is trusted. `keys` are those written into the registry itself."""

    issuer: Issuer
    algorithms: frozenset[str]
    max_lifetime: float
    leeway: float
    keys: KeySet | None = None


class IssuerCache:
    """The registry, remembered for a few seconds; misses are kept apart and cannot crowd it.

    Where the registry says the same of an issuer again, its terms are the very same object. One
    question also asks for those whose turn comes soon, so that thousands of issuers take a question
    for each hundred.
    """

    def __init__(self, registry: IssuerRegistry, settings: Settings, clock: Clock) -> None:
        self._registry = registry
        self._settings = settings
        self._clock = clock
        self._policies: OrderedDict[str, tuple[TrustPolicy, float]] = OrderedDict()
        self._unknown_names: TtlCache[str, bool] = TtlCache(MAX_CACHED_ISSUERS, clock)
        self._lookups: SingleFlight[str, TrustPolicy | None] = SingleFlight()

    async def get_policy(self, name: str) -> TrustPolicy | None:
        """The terms for the issuer of exactly this name, or None: it is not to be believed."""
        if self._settings.production and is_built_in(name):
            return None
        policy, expires_at = self._policies.get(name, NO_ENTRY)
        if self._clock() < expires_at:
            return policy
        if self._unknown_names.get(name):
            return None
        return await self._lookups.start_or_join(name, lambda: self._load_policy(name))

    async def close(self) -> None:
        """Give up the questions under way."""
        await self._lookups.cancel_all()

    async def _load_policy(self, name: str) -> TrustPolicy | None:
        # Counted from before the question: what changes while it is answered waits no longer.
        now = self._clock()
        expires_at, refresh_before = now + CACHE_TTL, now + CACHE_TTL / 2
        due = takewhile(lambda each: each[1][1] <= refresh_before, self._policies.items())
        others = [other for other, _ in islice(due, BATCH_SIZE) if other != name]
        for other in others:
            self._policies.move_to_end(other)
        async with asyncio.timeout(
            REGISTRY_TIMEOUT
        ):  # nobody's deadline ends what is done for everybody
            found = {each.name: each for each in await self._registry.find_issuers([name, *others])}
        for other in others:
            self._extend_policy(other, found.get(other), expires_at)
        return self._store_policy(name, found.get(name), expires_at)

    def _extend_policy(
        self, name: str, issuer: Issuer | None, expires_at: float
    ) -> TrustPolicy | None:
        """Believe the same terms for longer; of whom the registry says something else, none."""
        policy, _ = self._policies.pop(name, NO_ENTRY)
        if policy is None or policy.issuer != issuer:
            return None
        self._policies[name] = policy, expires_at
        return policy

    def _store_policy(
        self, name: str, issuer: Issuer | None, expires_at: float
    ) -> TrustPolicy | None:
        policy = self._extend_policy(name, issuer, expires_at)
        if issuer is None:
            self._unknown_names.put(name, True, expires_at)  # noqa: FBT003 - a value, not a switch
        elif policy is None:
            policy = self._build_policy(issuer)
            self._policies[name] = policy, expires_at
            if len(self._policies) > MAX_CACHED_ISSUERS:
                self._policies.popitem(last=False)
        return policy

    def _build_policy(self, issuer: Issuer) -> TrustPolicy:
        is_ours = is_built_in(issuer.name)
        settings = self._settings
        return TrustPolicy(
            issuer=issuer,
            algorithms=issuer.algorithms & ALGORITHMS,
            max_lifetime=settings.built_in_token_lifetime if is_ours else settings.token_lifetime,
            # The built-in issuer reads the clock that verifies.
            leeway=0 if is_ours else settings.token_leeway,
            keys=_parse_registered_keys(issuer),
        )


def _parse_registered_keys(issuer: Issuer) -> KeySet | None:
    if issuer.key_set is None:
        return None if issuer.key_set_uri else {}
    try:
        return parse_key_set(issuer.key_set)
    except MalformedKeySet as broken:
        _log.warning("key_set_malformed", issuer=issuer.name, why=str(broken))
        return {}
