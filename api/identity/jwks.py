"""Key sets (JWKS): the public keys of each issuer, cached, and found by issuer and key id.

A fetched set is fresh for five minutes. If fetching fails, the old set is used for up to a day,
and fetched again in the background at most every 30 seconds. Unknown key ids cause at most one
fetch per 30 seconds.
"""

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

import jwt
import structlog

from api.identity.errors import KeysUnavailable
from api.identity.single_flight import SingleFlight
from api.identity.ssrf_safe_fetch import Fetcher, FetchError
from persistence.kernel.caching import Clock, LruCache
from persistence.tenant_registry import Issuer

FRESH_TTL = 300.0
STALE_TTL = 86_400.0
RETRY_INTERVAL = 30.0
MAX_KEYS = 100
MAX_CACHED_KEY_SETS = 4_096
MAX_RSA_KEY_SIZE = 8_192

# The supported algorithms by key type and curve. No other algorithm is ever accepted.
ALGORITHMS_BY_KEY_TYPE = {
    ("RSA", None): ("RS256", "PS256"),
    ("EC", "P-256"): ("ES256",),
    ("OKP", "Ed25519"): ("EdDSA",),
}
ALGORITHMS = frozenset(
    algorithm for fitting in ALGORITHMS_BY_KEY_TYPE.values() for algorithm in fitting
)

VerificationKey = Mapping[str, jwt.PyJWK]
"""One key as PyJWT's object for each algorithm that it may be used with."""

KeySet = Mapping[str, VerificationKey]
"""Keys by their ids."""

_log = structlog.get_logger(__name__)


class MalformedKeySet(ValueError):
    """The text is not a JSON Web Key Set."""


def parse_key_set(text: str | bytes) -> KeySet:
    """Parse a JSON Web Key Set; return its usable keys. Raises MalformedKeySet.

    Ignores keys without an id or with a duplicate id, private and symmetric keys, keys for
    encryption, and unsupported types.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedKeySet("A key set must be a JSON object.") from error
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        raise MalformedKeySet(f"A key set must have a list 'keys' of at most {MAX_KEYS} keys.")
    entries = [entry for entry in keys if isinstance(entry, dict)]
    ids = [entry.get("kid") for entry in entries]
    return {
        str(entry["kid"]): key
        for entry in entries
        if isinstance(entry.get("kid"), str) and ids.count(entry["kid"]) == 1
        if (key := _parse_key(entry))
    }


@dataclass
class _CachedKeySet:
    """The key set of one URL, and the times of the last fetches."""

    uri: str
    keys: KeySet | None = None
    fetched_at: float = -math.inf
    failed_at: float = -math.inf
    probed_at: float = -math.inf


class KeySetCache:
    """A cache of published key sets, by issuer: two issuers with one URL have separate entries."""

    def __init__(self, fetch: Fetcher, clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._entries: LruCache[str, _CachedKeySet] = LruCache(MAX_CACHED_KEY_SETS)
        self._fetches: SingleFlight[tuple[str, str], None] = SingleFlight()

    async def find_key(self, issuer: Issuer, key_id: str) -> VerificationKey | None:
        """Return the issuer's key with this id, or None. Raises KeysUnavailable."""
        entry = self._get_entry(issuer)
        keys = await self._load_keys(issuer, entry)
        if key_id not in keys:
            keys = await self._reload_keys(issuer, entry)
        return keys.get(key_id)

    async def close(self) -> None:
        """Cancel the running fetches."""
        await self._fetches.cancel_all()

    def _get_entry(self, issuer: Issuer) -> _CachedKeySet:
        uri = issuer.key_set_uri or ""
        entry = self._entries.get(issuer.name)
        if entry is None or entry.uri != uri:
            entry = _CachedKeySet(uri)
            self._entries.put(issuer.name, entry)
        return entry

    async def _load_keys(self, issuer: Issuer, entry: _CachedKeySet) -> KeySet:
        now = self._clock()
        if entry.keys is not None and now - entry.fetched_at < FRESH_TTL:
            return entry.keys
        is_usable = entry.keys is not None and now - entry.fetched_at < STALE_TTL
        if now - entry.failed_at >= RETRY_INTERVAL or self._fetches.is_running(
            (issuer.name, entry.uri)
        ):
            fetched = self._start_refresh(issuer, entry)
            # After a first failure, requests use the old keys and do not wait for more attempts.
            if not (is_usable and entry.failed_at > entry.fetched_at):
                await fetched
        if entry.keys is None or self._clock() - entry.fetched_at >= STALE_TTL:
            raise KeysUnavailable("keys_unavailable")
        return entry.keys

    async def _reload_keys(self, issuer: Issuer, entry: _CachedKeySet) -> KeySet:
        """Fetch again for an unknown key id, at most once per interval; join a running fetch."""
        now = self._clock()
        if now - entry.probed_at >= RETRY_INTERVAL:
            entry.probed_at = now
            await self._start_refresh(issuer, entry)
        elif self._fetches.is_running((issuer.name, entry.uri)):
            await self._start_refresh(issuer, entry)
        return entry.keys or {}

    def _start_refresh(self, issuer: Issuer, entry: _CachedKeySet) -> asyncio.Future[None]:
        return self._fetches.start_or_join(
            (issuer.name, entry.uri), lambda: self._fetch_keys(issuer, entry)
        )

    async def _fetch_keys(self, issuer: Issuer, entry: _CachedKeySet) -> None:
        started = self._clock()
        try:
            entry.keys = parse_key_set(await self._fetch(entry.uri))
            entry.fetched_at = started
        except (FetchError, MalformedKeySet) as error:
            entry.failed_at = self._clock()
            _log.warning("key_set_not_fetched", issuer=issuer.name, why=str(error))


def _parse_key(jwk: Mapping[str, object]) -> VerificationKey | None:
    key_type, curve = jwk.get("kty"), jwk.get("crv")
    algorithms = ALGORITHMS_BY_KEY_TYPE.get(
        (str(key_type), None if key_type == "RSA" else str(curve)), ()
    )
    operations = jwk.get("key_ops", ["verify"])
    if "d" in jwk or jwk.get("use", "sig") != "sig":
        return None
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    declared = jwk.get("alg")
    try:
        return _bind_algorithms(
            jwk, tuple(name for name in algorithms if declared is None or name == declared)
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
        return None


def _bind_algorithms(
    jwk: Mapping[str, object], algorithms: tuple[str, ...]
) -> VerificationKey | None:
    keys = {name: jwt.PyJWK(dict(jwk), algorithm=name) for name in algorithms}
    if any(getattr(key.key, "key_size", 0) > MAX_RSA_KEY_SIZE for key in keys.values()):
        # One verification with such a key costs as much as a thousand others.
        return None
    return keys or None
