"""Rate limits of callers and tenants, as token buckets in the points that operations cost.

An operation takes its cost out of its caller's bucket and of its tenant's before it runs. A large
body and the parsing of a document that is not cached cost points too. What a request used more time
than its cost pays for is charged afterwards, even below zero. Each process has its own buckets, so
n processes allow n times as much. A caller in a lane has the bucket of that lane. The budgets of a
tenant, which operators of the platform set, replace those of the installation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil
from time import monotonic
from typing import Any

from api.errors import RequestError
from api.identity.token_verifier import Caller
from domain.kernel.identity import TenantId
from persistence.kernel.caching import LruCache
from persistence.kernel.usage import Usage

MAX_BUCKETS = 10_000
CHARACTERS_PER_POINT = 20
"""The characters of an uncached document that cost one point."""
INCLUDED_BODY_SIZE = 10_000
BYTES_PER_POINT = 500
"""The bytes of a body that are free, and of the rest those that cost one point."""
INCLUDED_VALUES = 1_000
VALUES_PER_POINT = 10
"""The values of a body that are free, and of the rest those that cost one point.

A value takes more time to read and check than its few bytes.
"""
INCLUDED_TIME_POINTS = 200
"""The points of time that are free for every request, because a busy server slows cheap ones."""

REFILL_SECONDS = 20

CALLER, TENANT = "caller", "tenant"
"""The owners of buckets, as clients see them."""


@dataclass(frozen=True)
class TimePrices:
    """The points for each millisecond of the database, and of Python in this process."""

    database: float = 0
    cpu: float = 0

    def compute_points(self, usage: Usage) -> int:
        """Return the price of the time that was used."""
        python_seconds = usage.measure_python_seconds()
        return round(1_000 * (usage.database_seconds * self.database + python_seconds * self.cpu))


@dataclass(frozen=True)
class RateLimit:
    """The capacity of a bucket, and the points that are restored per second."""

    capacity: int
    restore_rate: float

    @classmethod
    def of_capacity(cls, capacity: int) -> "RateLimit":
        """Return the limit of a bucket that is full again after 20 seconds."""
        return cls(capacity, capacity / REFILL_SECONDS)


FREE_TIME = TimePrices()


def compute_document_cost(text: str) -> int:
    """Return the points of a document that is not cached."""
    return ceil(len(text) / CHARACTERS_PER_POINT)


@dataclass
class TokenBucket:
    """The points that were available at a time, in seconds of the limiter's clock."""

    owner: str
    rate_limit: RateLimit
    available: float
    updated_at: float

    def change_limit(self, rate_limit: RateLimit) -> None:
        """Take another limit. What was spent stays spent, and no more than the new one is left."""
        spent = self.rate_limit.capacity - self.available
        self.rate_limit, self.available = rate_limit, rate_limit.capacity - spent

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
            "budget": self.owner,
        }


@dataclass
class RateLimiter:
    """The buckets of recent callers and tenants. An evicted bucket counts as full."""

    caller_rate_limit: RateLimit | None
    tenant_rate_limit: RateLimit | None = None
    clock: Callable[[], float] = monotonic
    lane_rate_limits: Mapping[str, RateLimit | None] = field(default_factory=dict)
    _buckets: LruCache[tuple[Any, ...], TokenBucket] = field(
        default_factory=lambda: LruCache(MAX_BUCKETS)
    )

    def charge(
        self, caller: Caller, cost: int, *, requested: int | None = None
    ) -> dict[str, Any] | None:
        """Take the cost out of the buckets, and return the status of the emptiest.

        Raises RequestError (THROTTLED) if one of them has too few points. It reports what the whole
        request costs: `requested`, by default the cost.
        """
        buckets = self._get_buckets(caller.tenant_id, caller)
        for bucket in buckets:
            if cost > bucket.available:
                raise _build_throttle_error(cost, cost if requested is None else requested, bucket)
        return _take(buckets, cost)

    def charge_afterwards(self, caller: Caller, points: int) -> dict[str, Any] | None:
        """Take points for time that was used already, even below zero; return the status."""
        return _take(self._get_buckets(caller.tenant_id, caller), points)

    def charge_tenant_afterwards(self, tenant_id: TenantId, points: int) -> None:
        """Take points out of the tenant's bucket alone, even below zero."""
        _take(self._get_buckets(tenant_id), points)

    def get_tenant_delay(self, tenant_id: TenantId) -> float:
        """Return the seconds until the tenant's bucket is not below zero."""
        delays = (each.get_seconds_until(0) for each in self._get_buckets(tenant_id))
        return max(0.0, max(delays, default=0.0))

    def _get_buckets(self, tenant_id: TenantId, caller: Caller | None = None) -> list[TokenBucket]:
        """Return the buckets of the tenant, and of one of its callers."""
        now, tenant_key = self.clock(), (tenant_id, None)
        if caller is None:
            known = self._buckets.get(tenant_key)  # with the budget that its last caller had
            limit = known.rate_limit if known else self.tenant_rate_limit
            found: list[tuple[str, tuple[Any, ...], RateLimit | None]]
            found = [(TENANT, tenant_key, limit)]
        else:
            budgets, key = caller.budgets, (tenant_id, caller.subject, caller.lane)
            own = None if caller.lane in self.lane_rate_limits else budgets.caller
            usual = self.lane_rate_limits.get(caller.lane, self.caller_rate_limit)
            found = [
                (TENANT, tenant_key, _choose_limit(budgets.tenant, self.tenant_rate_limit)),
                (CALLER, key, _choose_limit(own, usual)),
            ]
        return [self._get_bucket(owner, key, limit, now) for owner, key, limit in found if limit]

    def _get_bucket(
        self, owner: str, key: tuple[Any, ...], rate_limit: RateLimit, now: float
    ) -> TokenBucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = TokenBucket(owner, rate_limit, rate_limit.capacity, now)
            self._buckets.put(key, bucket)
        bucket.refill(now)
        if bucket.rate_limit is not rate_limit and bucket.rate_limit != rate_limit:
            bucket.change_limit(rate_limit)
        return bucket


@lru_cache(maxsize=1_000)
def _build_limit(capacity: int) -> RateLimit:
    return RateLimit.of_capacity(capacity)


def _choose_limit(own: int | None, usual: RateLimit | None) -> RateLimit | None:
    """Return the limit of a tenant's own budget, or else the usual one."""
    return usual if own is None else _build_limit(own)


@dataclass(eq=False, slots=True)
class RequestCharge:
    """What one request is charged: points that are reserved before it runs, then its time.

    `requested` is the cost of the operation and of a large body, `charged` what was taken so far.
    """

    limiter: RateLimiter
    prices: TimePrices
    caller: Caller
    usage: Usage = field(default_factory=Usage)
    requested: int = 0
    charged: int = 0
    is_settled: bool = False
    _reserved: int = 0
    _document_points: int = 0
    _status: dict[str, Any] | None = None

    def reserve_document(self, text: str) -> None:
        """Charge for parsing an uncached document. Raises RequestError (THROTTLED)."""
        points = compute_document_cost(text)
        self._status = self.limiter.charge(self.caller, points)
        self._document_points += points
        self.charged += points

    def reserve_body(self, size: int, value_count: int) -> None:
        """Charge for a body of so many bytes and values. Raises RequestError (THROTTLED)."""
        if size <= INCLUDED_BODY_SIZE and value_count <= INCLUDED_VALUES:
            return
        for_bytes = ceil((size - INCLUDED_BODY_SIZE) / BYTES_PER_POINT)
        for_values = ceil((value_count - INCLUDED_VALUES) / VALUES_PER_POINT)
        self.requested = max(0, for_bytes) + max(0, for_values)
        self.reserve()

    def reserve(self) -> None:
        """Charge what is requested and not yet charged. Raises RequestError (THROTTLED)."""
        points = self.requested - self._reserved
        self._status = self.limiter.charge(self.caller, points, requested=self.requested)
        self._reserved = self.requested
        self.charged += points

    def settle(self) -> None:
        """Charge for time that costs more than what was reserved for the operation."""
        self.is_settled = True
        time_points = max(0, self.prices.compute_points(self.usage) - INCLUDED_TIME_POINTS)
        missing = self._document_points + time_points - self.charged
        if missing > 0:
            self._status = self.limiter.charge_afterwards(self.caller, missing)
            self.charged += missing

    def build_report(self) -> dict[str, Any]:
        """Return the report in the form of Shopify's API, which clients know."""
        report = {"requestedQueryCost": self.requested, "actualQueryCost": self.charged}
        return report if self._status is None else {**report, "throttleStatus": self._status}


def _take(buckets: Sequence[TokenBucket], points: int) -> dict[str, Any] | None:
    """Take points out of the buckets, and return the status of the emptiest."""
    for bucket in buckets:
        bucket.available -= points
    return min(buckets, key=_get_fill_ratio).build_status() if buckets else None


def _get_fill_ratio(bucket: TokenBucket) -> float:
    return bucket.available / bucket.rate_limit.capacity


def _build_throttle_error(cost: int, requested: int, bucket: TokenBucket) -> RequestError:
    seconds = max(1, ceil(bucket.get_seconds_until(cost)))
    cost_report = {
        "requestedQueryCost": requested,
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
