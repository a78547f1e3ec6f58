"""Issuers: who is believed, for which tenant, and on which terms."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

import structlog

from api.identity.built_in import is_built_in
from api.identity.key_sets import ALGORITHMS, KeySet, MalformedKeySet, key_set
from api.identity.remembering import Clock, Errands, Remembered
from api.settings import Settings
from persistence.directory import Issuer

REMEMBERED_FOR = 5.0
"""Seconds for which a row of the registry is believed; a removed issuer works no longer."""

PATIENCE = 3.0
"""Seconds for the registry to answer in."""

CAPACITY = 4_096

_log = structlog.get_logger(__name__)


class Registry(Protocol):
    """Where issuers are registered: the directory's table, or a dictionary in tests."""

    async def issuer(self, name: str) -> Issuer | None:
        """The issuer of exactly this name."""
        ...


@dataclass(frozen=True)
class Terms:
    """An issuer and how far it is trusted. `keys` are those written into the registry itself."""

    issuer: Issuer
    algorithms: frozenset[str]
    lifetime: float
    leeway: float
    until: float
    keys: KeySet | None = None


class Issuers:
    """The registry, remembered for a few seconds; misses are kept apart and cannot crowd it."""

    def __init__(self, registry: Registry, settings: Settings, clock: Clock) -> None:
        self._registry = registry
        self._settings = settings
        self._clock = clock
        self._known: Remembered[str, Terms] = Remembered(CAPACITY, clock)
        self._unknown: Remembered[str, bool] = Remembered(CAPACITY, clock)
        self._questions: Errands[str, Terms | None] = Errands()

    async def terms(self, name: str) -> Terms | None:
        """The terms for the issuer of exactly this name, or None: it is not to be believed."""
        if is_built_in(name) and self._settings.production:
            return None
        known = self._known.recall(name)
        if known is not None or self._unknown.recall(name):
            return known
        return await self._questions.start(name, lambda: self._ask(name))

    async def close(self) -> None:
        """Give up the questions under way."""
        await self._questions.stop()

    async def _ask(self, name: str) -> Terms | None:
        # Counted from before the question: what changes while it is answered waits no longer.
        until = self._clock() + REMEMBERED_FOR
        async with asyncio.timeout(PATIENCE):  # nobody's deadline ends what is done for everybody
            issuer = await self._registry.issuer(name)
        if issuer is None or issuer.name != name:
            self._unknown.keep(name, True, until)  # noqa: FBT003 - a value, not a switch
            return None
        terms = self._agreed(issuer, until)
        self._known.keep(name, terms, until)
        return terms

    def _agreed(self, issuer: Issuer, until: float) -> Terms:
        ours = is_built_in(issuer.name)
        told = self._settings
        return Terms(
            issuer=issuer,
            algorithms=issuer.algorithms & ALGORITHMS,
            lifetime=told.built_in_token_lifetime if ours else told.token_lifetime,
            # The built-in issuer reads the clock that verifies.
            leeway=0 if ours else told.token_leeway,
            until=until,
            keys=_written(issuer),
        )


def _written(issuer: Issuer) -> KeySet | None:
    if issuer.key_set is None:
        return None if issuer.key_set_uri else {}
    try:
        return key_set(issuer.key_set)
    except MalformedKeySet as broken:
        _log.warning("key_set_malformed", issuer=issuer.name, why=str(broken))
        return {}
