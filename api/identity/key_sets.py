"""Key sets: the public keys of each issuer, fetched seldom and found by issuer and key id only.

A published set is used for five minutes, then fetched again by the first who needs it. When that
fails it is used for up to a day while it is tried again in the background, at most every thirty
seconds. An unknown key id makes one fetch in thirty seconds, however many tokens name one.
"""

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

import jwt
import structlog

from api.identity.fetching import Fetch, Unfetchable
from api.identity.refusals import KeysUnavailable
from api.identity.remembering import Clock, Errands
from persistence.directory import Issuer

FRESH = 300.0
STALE = 86_400.0
PAUSE = 30.0
MOST_KEYS = 100
LARGEST_RSA = 8_192

# Which key fits which algorithm; an algorithm that is not here is never accepted from anybody.
FITTING = {
    ("RSA", None): ("RS256", "PS256"),
    ("EC", "P-256"): ("ES256",),
    ("OKP", "Ed25519"): ("EdDSA",),
}
ALGORITHMS = frozenset(algorithm for fitting in FITTING.values() for algorithm in fitting)

Key = Mapping[str, jwt.PyJWK]
"""One key, bound to each algorithm that it may be used with."""

KeySet = Mapping[str, Key]
"""Keys by their ids."""

_log = structlog.get_logger(__name__)


class MalformedKeySet(ValueError):
    """The text is not a JSON Web Key Set."""


def key_set(text: str | bytes) -> KeySet:
    """The usable keys of a JSON Web Key Set.

    Left out: keys without an id, private and symmetric keys, keys for encryption, unknown kinds,
    and every key whose id another key of the set has too.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise MalformedKeySet("A key set is a JSON object.") from broken
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise MalformedKeySet(f"A key set has a list 'keys' of at most {MOST_KEYS}.")
    entries = [entry for entry in listed if isinstance(entry, dict)]
    ids = [entry.get("kid") for entry in entries]
    return {
        str(entry["kid"]): key
        for entry in entries
        if isinstance(entry.get("kid"), str) and ids.count(entry["kid"]) == 1
        if (key := _key(entry))
    }


@dataclass
class _Published:
    """What is known of the set at one address, and when which attempt was made."""

    uri: str
    keys: KeySet | None = None
    fetched_at: float = -math.inf
    failed_at: float = -math.inf
    probed_at: float = -math.inf


class KeySets:
    """The published key sets of all issuers. Sets are held per issuer, even at the same address."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._published: dict[str, _Published] = {}
        self._fetches: Errands[tuple[str, str], None] = Errands()

    async def key(self, issuer: Issuer, key_id: str) -> Key | None:
        """The key that the issuer publishes under this id. Raises KeysUnavailable."""
        held = self._of(issuer)
        keys = await self._current(issuer, held)
        if key_id not in keys:
            keys = await self._probed(issuer, held)
        return keys.get(key_id)

    async def close(self) -> None:
        """Give up the fetches under way."""
        await self._fetches.stop()

    def _of(self, issuer: Issuer) -> _Published:
        uri = issuer.key_set_uri or ""
        held = self._published.get(issuer.name)
        if held is None or held.uri != uri:
            held = self._published[issuer.name] = _Published(uri)
        return held

    async def _current(self, issuer: Issuer, held: _Published) -> KeySet:
        now = self._clock()
        if held.keys is not None and now - held.fetched_at < FRESH:
            return held.keys
        usable = held.keys is not None and now - held.fetched_at < STALE
        if now - held.failed_at >= PAUSE or self._fetches.has((issuer.name, held.uri)):
            fetched = self._refresh(issuer, held)
            # After a first failure nobody waits for further attempts while there are old keys.
            if not (usable and held.failed_at > held.fetched_at):
                await fetched
        if held.keys is None or self._clock() - held.fetched_at >= STALE:
            raise KeysUnavailable("keys_unavailable")
        return held.keys

    async def _probed(self, issuer: Issuer, held: _Published) -> KeySet:
        """Look again for an unknown key id. Whoever comes while a fetch is under way waits."""
        now = self._clock()
        if now - held.probed_at >= PAUSE:
            held.probed_at = now
            await self._refresh(issuer, held)
        elif self._fetches.has((issuer.name, held.uri)):
            await self._refresh(issuer, held)
        return held.keys or {}

    def _refresh(self, issuer: Issuer, held: _Published) -> asyncio.Future[None]:
        return self._fetches.start((issuer.name, held.uri), lambda: self._fetched(issuer, held))

    async def _fetched(self, issuer: Issuer, held: _Published) -> None:
        started = self._clock()
        try:
            held.keys = key_set(await self._fetch(held.uri))
            held.fetched_at = started
        except (Unfetchable, MalformedKeySet) as failure:
            held.failed_at = self._clock()
            _log.warning("key_set_not_fetched", issuer=issuer.name, why=str(failure))


def _key(entry: Mapping[str, object]) -> Key | None:
    kind, curve = entry.get("kty"), entry.get("crv")
    fitting = FITTING.get((str(kind), None if kind == "RSA" else str(curve)), ())
    operations = entry.get("key_ops", ["verify"])
    if "d" in entry or entry.get("use", "sig") != "sig":
        return None
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    declared = entry.get("alg")
    try:
        return _bound(
            entry, tuple(name for name in fitting if declared is None or name == declared)
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
        return None


def _bound(entry: Mapping[str, object], algorithms: tuple[str, ...]) -> Key | None:
    keys = {name: jwt.PyJWK(dict(entry), algorithm=name) for name in algorithms}
    if any(getattr(key.key, "key_size", 0) > LARGEST_RSA for key in keys.values()):
        # Each check of a signature would cost what a thousand others cost.
        return None
    return keys or None
