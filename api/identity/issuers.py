"""Issuers: who is believed, for which tenant, and on which terms."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from math import inf
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
AT_ONCE = 100
"""Issuers in one question: together they are a millisecond's work, alone a quarter each."""

NEVER: tuple[None, float] = None, -inf

_log = structlog.get_logger(__name__)


class Registry(Protocol):
    """Where issuers are registered: the directory's table, or a dictionary in tests."""

    async def issuers(self, names: Sequence[str]) -> Sequence[Issuer]:
        """The issuers of exactly these names, as far as there are any."""
        ...


@dataclass(frozen=True)
class Terms:
    """An issuer and how far it is trusted. `keys` are those written into the registry itself."""

    issuer: Issuer
    algorithms: frozenset[str]
    lifetime: float
    leeway: float
    keys: KeySet | None = None


class Issuers:
    """The registry, remembered for a few seconds; misses are kept apart and cannot crowd it.

    Where the registry says the same of an issuer again, its terms are the very same object. One
    question also asks for those whose turn comes soon, so that thousands of issuers take a question
    for each hundred.
    """

    def __init__(self, registry: Registry, settings: Settings, clock: Clock) -> None:
        self._registry = registry
        self._settings = settings
        self._clock = clock
        self._known: OrderedDict[str, tuple[Terms, float]] = OrderedDict()
        self._unknown: Remembered[str, bool] = Remembered(CAPACITY, clock)
        self._questions: Errands[str, Terms | None] = Errands()

    async def terms(self, name: str) -> Terms | None:
        """The terms for the issuer of exactly this name, or None: it is not to be believed."""
        if self._settings.production and is_built_in(name):
            return None
        terms, until = self._known.get(name, NEVER)
        if self._clock() < until:
            return terms
        if self._unknown.recall(name):
            return None
        return await self._questions.start(name, lambda: self._ask(name))

    async def close(self) -> None:
        """Give up the questions under way."""
        await self._questions.stop()

    async def _ask(self, name: str) -> Terms | None:
        # Counted from before the question: what changes while it is answered waits no longer.
        now = self._clock()
        until, soon = now + REMEMBERED_FOR, now + REMEMBERED_FOR / 2
        due = takewhile(lambda each: each[1][1] <= soon, self._known.items())
        others = [other for other, _ in islice(due, AT_ONCE) if other != name]
        for other in others:
            self._known.move_to_end(other)
        async with asyncio.timeout(PATIENCE):  # nobody's deadline ends what is done for everybody
            found = {each.name: each for each in await self._registry.issuers([name, *others])}
        for other in others:
            self._confirm(other, found.get(other), until)
        return self._learn(name, found.get(name), until)

    def _confirm(self, name: str, issuer: Issuer | None, until: float) -> Terms | None:
        """Believe the same terms for longer; of whom the registry says something else, none."""
        terms, _ = self._known.pop(name, NEVER)
        if terms is None or terms.issuer != issuer:
            return None
        self._known[name] = terms, until
        return terms

    def _learn(self, name: str, issuer: Issuer | None, until: float) -> Terms | None:
        terms = self._confirm(name, issuer, until)
        if issuer is None:
            self._unknown.keep(name, True, until)  # noqa: FBT003 - a value, not a switch
        elif terms is None:
            terms = self._agreed(issuer)
            self._known[name] = terms, until
            if len(self._known) > CAPACITY:
                self._known.popitem(last=False)
        return terms

    def _agreed(self, issuer: Issuer) -> Terms:
        ours = is_built_in(issuer.name)
        told = self._settings
        return Terms(
            issuer=issuer,
            algorithms=issuer.algorithms & ALGORITHMS,
            lifetime=told.built_in_token_lifetime if ours else told.token_lifetime,
            # The built-in issuer reads the clock that verifies.
            leeway=0 if ours else told.token_leeway,
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
