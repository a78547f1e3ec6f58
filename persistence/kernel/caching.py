"""Caches in the memory of one process, bounded by size and optionally by time."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, ItemsView
from typing import Generic, TypeVar

Clock = Callable[[], float]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """A bounded dictionary that evicts the least recently used entries.

    With `weigh`, the sum of the entries' weights is bounded by `max_weight` too. `on_evict` is
    called with each evicted value, and not with values that were replaced or removed.
    """

    def __init__(
        self,
        max_entries: int,
        *,
        max_weight: int | None = None,
        weigh: Callable[[K, V], int] | None = None,
        on_evict: Callable[[V], object] | None = None,
    ) -> None:
        self._max_entries = max_entries
        self._max_weight = max_weight
        self._weigh = weigh
        self._on_evict = on_evict
        self._entries: OrderedDict[K, V] = OrderedDict()
        self._weight = 0

    def get(self, key: K) -> V | None:
        """Return the value and mark it as used, or return None."""
        value = self._entries.get(key)
        if value is not None:
            self._entries.move_to_end(key)
        return value

    def peek(self, key: K) -> V | None:
        """Return the value without marking it as used, or return None."""
        return self._entries.get(key)

    def put(self, key: K, value: V) -> None:
        """Store a value, mark it as used, then evict until the bounds hold."""
        if self._weigh is not None:
            self.pop(key)
            self._weight += self._weigh(key, value)
        self._entries[key] = value
        self._entries.move_to_end(key)
        while self._is_too_large():
            evicted = self.pop(next(iter(self._entries)))
            if self._on_evict is not None and evicted is not None:
                self._on_evict(evicted)

    def pop(self, key: K) -> V | None:
        """Remove and return the value, or return None."""
        value = self._entries.pop(key, None)
        if value is not None and self._weigh is not None:
            self._weight -= self._weigh(key, value)
        return value

    def clear(self) -> None:
        """Remove all entries."""
        self._entries.clear()
        self._weight = 0

    def items(self) -> ItemsView[K, V]:
        """Return all entries, the least recently used first."""
        return self._entries.items()

    def __contains__(self, key: K) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def _is_too_large(self) -> bool:
        is_too_heavy = self._max_weight is not None and self._weight > self._max_weight
        return is_too_heavy or len(self._entries) > self._max_entries


class TtlCache(Generic[K, V]):
    """A bounded cache with an expiry time for each entry, in seconds of its clock."""

    def __init__(self, max_entries: int, clock: Clock) -> None:
        self._clock = clock
        self._entries: LruCache[K, tuple[V, float]] = LruCache(max_entries)

    def get(self, key: K) -> V | None:
        """Return the value unless it has expired, or return None."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, expires_at = entry
        if self._clock() >= expires_at:
            self._entries.pop(key)
            return None
        return value

    def put(self, key: K, value: V, expires_at: float) -> None:
        """Store a value until that time of the clock."""
        self._entries.put(key, (value, expires_at))
