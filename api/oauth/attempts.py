"""The limits of token requests, whose senders are not known yet. Each process has its own."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, IPv6Network
from math import ceil
from time import monotonic

from api.http.errors import OverloadError, TooManyOpenRequests
from api.kernel.execution.rate_limits import RateLimit, TokenBucket
from api.oauth.errors import too_many_attempts
from domain.service_clients import Address, ClientId
from persistence.kernel.caching import LruCache

MAX_OPEN = 32
MAX_OPEN_OF_ADDRESS = 8
"""Requests whose bodies may still arrive."""

PER_ADDRESS = RateLimit(60, 1.0)
PER_CLIENT = RateLimit(60, 1.0)
FAILURES = RateLimit(10, 1 / 6)
"""Failures of one client from one address: ten at once, and then ten a minute. They do not count
against the client elsewhere, so that nobody can lock it out."""

MAX_BUCKETS = 10_000


class AttemptLimiter:
    """The attempts of addresses and of clients."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._buckets: LruCache[Hashable, TokenBucket] = LruCache(MAX_BUCKETS)
        self._open: Counter[Hashable] = Counter()

    @contextmanager
    def admit(self, address: Address | None) -> Iterator[None]:
        """Count a request of an address during the block. Raises OAuthError and RequestError."""
        source = _find_source(address)
        if self._open.total() >= MAX_OPEN:
            raise OverloadError
        if self._open[source] >= MAX_OPEN_OF_ADDRESS:
            raise TooManyOpenRequests("This address has", MAX_OPEN_OF_ADDRESS)
        self._take(("address", source), PER_ADDRESS)
        self._open[source] += 1
        try:
            yield
        finally:
            self._open[source] -= 1
            self._open += Counter()  # which drops those at zero

    def require_failures_left(self, client_id: str | None, address: Address | None) -> None:
        """Raise OAuthError where a client has failed too often from an address."""
        bucket = self._get(("failures", client_id, _find_source(address)), FAILURES)
        _require(bucket)

    def record_failure(self, client_id: str | None, address: Address | None) -> None:
        """Count a failure of a client from an address."""
        self._get(("failures", client_id, _find_source(address)), FAILURES).available -= 1

    def charge_client(self, client: ClientId) -> None:
        """Count a token of a client that has proved who it is. Raises OAuthError."""
        self._take(("client", client), PER_CLIENT)

    def _take(self, key: Hashable, limit: RateLimit) -> None:
        bucket = self._get(key, limit)
        _require(bucket)
        bucket.available -= 1

    def _get(self, key: Hashable, limit: RateLimit) -> TokenBucket:
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = TokenBucket("", limit, limit.capacity, now)
            self._buckets.put(key, bucket)
        bucket.refill(now)
        return bucket


def _require(bucket: TokenBucket) -> None:
    if bucket.available < 1:
        raise too_many_attempts(max(1, ceil(bucket.get_seconds_until(1))))


def _find_source(address: Address | None) -> Hashable:
    """Return what counts as one source: an address, or the network of an address of IPv6."""
    if isinstance(address, IPv6Address):
        return IPv6Network((address, 64), strict=False)
    return address
