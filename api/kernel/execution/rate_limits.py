"""Budgets: what callers and tenants may spend over time, in the points that operations cost.

A bucket holds so many points and fills at a steady rate; an operation takes its cost out of its
caller's bucket and out of its tenant's, and so does the reading of a document that this process
has not seen lately, and the writing of its statements. Buckets are kept per process, so several
together allow as many times more.
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
"""A document that is read for the first time costs a point for so many characters."""
POINTS_PER_SECOND = 50_000
"""What writing the statements of a new question costs, by the CPU time that it took."""


@dataclass(frozen=True)
class RateLimit:
    """How much a bucket holds, and how many points come back to it in a second."""

    capacity: int
    restore_rate: float


@dataclass
class TokenBucket:
    """What is left, and as of when."""

    rate_limit: RateLimit
    available: float
    updated_at: float

    def refill(self, now: float) -> None:
        """Put in what has come back since."""
        restored = (now - self.updated_at) * self.rate_limit.restore_rate
        self.available = min(self.rate_limit.capacity, self.available + restored)
        self.updated_at = now

    def get_seconds_until(self, cost: float) -> float:
        """How long until so much is in it, or until it is full."""
        return (min(cost, self.rate_limit.capacity) - self.available) / self.rate_limit.restore_rate

    def build_status(self) -> dict[str, Any]:
        """How it stands, in the words that clients of Shopify's API know."""
        return {
            "maximumAvailable": self.rate_limit.capacity,
            "currentlyAvailable": max(0, int(self.available)),
            "restoreRate": self.rate_limit.restore_rate,
        }


@dataclass
class RateLimiter:
    """The buckets of everybody who asked lately; the longest unused is forgotten, so it is full."""

    caller_rate_limit: RateLimit | None
    tenant_rate_limit: RateLimit | None = None
    clock: Callable[[], float] = monotonic
    _buckets: LruCache[tuple[Any, str | None], TokenBucket] = field(
        default_factory=lambda: LruCache(MAX_BUCKETS)
    )

    def charge(self, caller: Caller, cost: int) -> dict[str, Any] | None:
        """Take the cost out of the buckets, and say how the emptiest stands.

        Raises RequestRefused (THROTTLED) where there is not enough in one of them.
        """
        buckets = self._get_buckets(caller)
        for bucket in buckets:
            if cost > bucket.available:
                raise _build_throttle_error(cost, bucket)
        for bucket in buckets:
            bucket.available -= cost
        return min(buckets, key=_get_fill_ratio).build_status() if buckets else None

    def charge_document(self, caller: Caller, text: str) -> None:
        """Pay for reading a document that is not known. Raises RequestRefused (THROTTLED)."""
        self.charge(caller, ceil(len(text) / CHARACTERS_PER_POINT))

    def charge_afterwards(self, caller: Caller, seconds: float) -> None:
        """Take what planning has cost already, even where there is not as much."""
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
        f"Too much was asked in too short a time. Try again in {seconds} s.",
        429,
        headers={"Retry-After": str(seconds)},
        extensions={"cost": cost_report},
    )
