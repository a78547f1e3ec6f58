"""Rate limits of callers and tenants, as token buckets in the points that operations cost.

An operation takes its cost out of its caller's bucket and of its tenant's. Parsing a document that
is not cached and planning its statements cost points too. Each process has its own buckets, so n
processes allow n times as much.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic
from typing import Any

from api.errors import RequestError
from api.identity.token_verifier import Caller
from persistence.kernel.caching import LruCache

MAX_BUCKETS = 10_000
CHARACTERS_PER_POINT = 20
"""The characters of an uncached document that cost one point."""
POINTS_PER_SECOND = 50_000
"""The cost of planning statements, by the CPU time that it took."""


@dataclass(frozen=True)
class RateLimit:
    """The capacity of a bucket, and the points that are restored per second."""

    capacity: int
    restore_rate: float


@dataclass
class TokenBucket:
    """The points that were available at a time, in seconds of the limiter's clock."""

    rate_limit: RateLimit
    available: float
    updated_at: float

    def refill(self, now: float) -> None:
        """Add the points that were restored since the last update."""
        restored = (now - self.updated_at) * self.rate_limit.restore_rate
        self.available = min(self.rate_limit.capacity, self.available + restored)
        self.updated_at = now

    def get_seconds_until(self, cost: float) -> float:
        """Return the seconds until the cost is available, or the bucket is full."""
        return (min(cost, self.rate_limit.capacity) - self.available) / self.rate_limit.restore_rate

    def build_status(self) -> dict[str, Any]:
        """Return the status in the form of Shopify's API, which clients know."""
        return {
            "maximumAvailable": self.rate_limit.capacity,
            "currentlyAvailable": max(0, int(self.available)),
            "restoreRate": self.rate_limit.restore_rate,
        }


@dataclass
class RateLimiter:
    """The buckets of recent callers and tenants. An evicted bucket counts as full."""

    caller_rate_limit: RateLimit | None
    tenant_rate_limit: RateLimit | None = None
    clock: Callable[[], float] = monotonic
    _buckets: LruCache[tuple[Any, str | None], TokenBucket] = field(
        default_factory=lambda: LruCache(MAX_BUCKETS)
    )

    def charge(self, caller: Caller, cost: int) -> dict[str, Any] | None:
        """Take the cost out of the buckets, and return the status of the emptiest.

        Raises RequestError (THROTTLED) if one of them has too few points.
        """
        buckets = self._get_buckets(caller)
        for bucket in buckets:
            if cost > bucket.available:
                raise _build_throttle_error(cost, bucket)
        for bucket in buckets:
            bucket.available -= cost
        return min(buckets, key=_get_fill_ratio).build_status() if buckets else None

    def charge_document(self, caller: Caller, text: str) -> None:
        """Charge for parsing an uncached document. Raises RequestError (THROTTLED)."""
        self.charge(caller, ceil(len(text) / CHARACTERS_PER_POINT))

    def charge_afterwards(self, caller: Caller, seconds: float) -> None:
        """Charge for planning that was done already, even below zero."""
        for bucket in self._get_buckets(caller):
            bucket.available -= seconds * POINTS_PER_SECOND

    def _get_buckets(self, caller: Caller) -> list[TokenBucket]:
        now = self.clock()
        return [
            self._get_bucket((caller.tenant_id, subject), allowance, now)
            for subject, allowance in (
                (None, self.tenant_rate_limit),
                (caller.subject, self.caller_rate_limit),
            )
            if allowance is not None
        ]

    def _get_bucket(
        self, key: tuple[Any, str | None], rate_limit: RateLimit, now: float
    ) -> TokenBucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = TokenBucket(rate_limit, rate_limit.capacity, now)
            self._buckets.put(key, bucket)
        bucket.refill(now)
        return bucket


def _get_fill_ratio(bucket: TokenBucket) -> float:
    return bucket.available / bucket.rate_limit.capacity


def _build_throttle_error(cost: int, bucket: TokenBucket) -> RequestError:
    seconds = max(1, ceil(bucket.get_seconds_until(cost)))
    cost_report = {
        "requestedQueryCost": cost,
        "actualQueryCost": None,
        "throttleStatus": bucket.build_status(),
    }
    return RequestError(
        "THROTTLED",
        f"Too many requests in a short time. Try again in {seconds} s.",
        429,
        headers={"Retry-After": str(seconds)},
        extensions={"cost": cost_report},
    )
