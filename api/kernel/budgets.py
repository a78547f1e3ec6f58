"""Budgets: what one caller may spend over time, in the points that operations cost.

A bucket holds so many points and refills at a steady rate; an operation takes its cost out of it.
Buckets are kept per process, so several processes together allow as many times more.
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


@dataclass
class Bucket:
    """What is left, and as of when."""

    left: float
    since: float


@dataclass
class Budgets:
    """The buckets of everybody who asked lately; the longest unused is forgotten, so it is full."""

    capacity: int
    restored: float
    clock: Callable[[], float] = monotonic
    _buckets: OrderedDict[tuple[Any, str], Bucket] = field(default_factory=OrderedDict)

    def spend(self, caller: Caller, cost: int) -> dict[str, Any]:
        """Take the cost out of the caller's bucket, and say how it stands.

        Raises RequestRefused (THROTTLED) where there is not enough in it.
        """
        bucket = self._refilled(caller)
        if cost > bucket.left:
            seconds = ceil((min(cost, self.capacity) - bucket.left) / self.restored)
            message = f"Too much was asked in too short a time. Try again in {seconds} s."
            raise RequestRefused(
                "THROTTLED",
                message,
                429,
                headers={"Retry-After": str(seconds)},
                extensions={"throttleStatus": self._status(bucket)},
            )
        bucket.left -= cost
        return self._status(bucket)

    def _refilled(self, caller: Caller) -> Bucket:
        key, now = (caller.tenant_id, caller.subject), self.clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self.capacity, now)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        bucket.left = min(self.capacity, bucket.left + (now - bucket.since) * self.restored)
        bucket.since = now
        return bucket

    def _status(self, bucket: Bucket) -> dict[str, Any]:
        return {
            "maximumAvailable": self.capacity,
            "currentlyAvailable": int(bucket.left),
            "restoreRate": self.restored,
        }
