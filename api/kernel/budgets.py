"""Budgets: what callers and tenants may spend over time, in the points that operations cost.

A bucket holds so many points and fills at a steady rate; an operation takes its cost out of its
caller's bucket and out of its tenant's, and so does the reading of a document that this process
has not seen lately, and the writing of its statements. Buckets are kept per process, so several
together allow as many times more.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic
from typing import Any

from api.identity.callers import Caller
from api.kernel.refusals import RequestRefused

MOST_BUCKETS = 10_000
CHARACTERS_A_POINT = 20
"""A document that is read for the first time costs a point for so many characters."""
POINTS_A_SECOND = 50_000
"""What writing the statements of a new question costs, by the CPU time that it took."""


@dataclass(frozen=True)
class Allowance:
    """How much a bucket holds, and how many points come back to it in a second."""

    capacity: int
    restored: float


@dataclass
class Bucket:
    """What is left, and as of when."""

    allowance: Allowance
    left: float
    since: float

    def fill(self, now: float) -> None:
        """Put in what has come back since."""
        come_back = (now - self.since) * self.allowance.restored
        self.left = min(self.allowance.capacity, self.left + come_back)
        self.since = now

    def seconds_until(self, cost: float) -> float:
        """How long until so much is in it, or until it is full."""
        return (min(cost, self.allowance.capacity) - self.left) / self.allowance.restored

    def status(self) -> dict[str, Any]:
        """How it stands, in the words that clients of Shopify's API know."""
        return {
            "maximumAvailable": self.allowance.capacity,
            "currentlyAvailable": max(0, int(self.left)),
            "restoreRate": self.allowance.restored,
        }


@dataclass
class Budgets:
    """The buckets of everybody who asked lately; the longest unused is forgotten, so it is full."""

    caller: Allowance | None
    tenant: Allowance | None = None
    clock: Callable[[], float] = monotonic
    _buckets: OrderedDict[tuple[Any, str | None], Bucket] = field(default_factory=OrderedDict)

    def spend(self, caller: Caller, cost: int) -> dict[str, Any] | None:
        """Take the cost out of the buckets, and say how the emptiest stands.

        Raises RequestRefused (THROTTLED) where there is not enough in one of them.
        """
        buckets = self._of(caller)
        for bucket in buckets:
            if cost > bucket.left:
                raise _throttled(cost, bucket)
        for bucket in buckets:
            bucket.left -= cost
        return min(buckets, key=_fullness).status() if buckets else None

    def read(self, caller: Caller, text: str) -> None:
        """Pay for reading a document that is not known. Raises RequestRefused (THROTTLED)."""
        self.spend(caller, ceil(len(text) / CHARACTERS_A_POINT))

    def owe(self, caller: Caller, seconds: float) -> None:
        """Take what planning has cost already, even where there is not as much."""
        for bucket in self._of(caller):
            bucket.left -= seconds * POINTS_A_SECOND

    def _of(self, caller: Caller) -> list[Bucket]:
        now = self.clock()
        return [
            self._bucket((caller.tenant_id, subject), allowance, now)
            for subject, allowance in ((None, self.tenant), (caller.subject, self.caller))
            if allowance is not None
        ]

    def _bucket(self, key: tuple[Any, str | None], allowance: Allowance, now: float) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(allowance, allowance.capacity, now)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        bucket.fill(now)
        return bucket


def _fullness(bucket: Bucket) -> float:
    return bucket.left / bucket.allowance.capacity


def _throttled(cost: int, bucket: Bucket) -> RequestRefused:
    seconds = max(1, ceil(bucket.seconds_until(cost)))
    told = {
        "requestedQueryCost": cost,
        "actualQueryCost": None,
        "throttleStatus": bucket.status(),
    }
    return RequestRefused(
        "THROTTLED",
        f"Too much was asked in too short a time. Try again in {seconds} s.",
        429,
        headers={"Retry-After": str(seconds)},
        extensions={"cost": told},
    )
