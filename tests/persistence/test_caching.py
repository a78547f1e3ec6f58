"""Caches: what they keep, what they evict, and when entries expire."""

from persistence.kernel.caching import LruCache, TtlCache


def test_the_least_recently_used_entry_is_evicted_first() -> None:
    cache: LruCache[str, int] = LruCache(2)
    cache.put("first", 1)
    cache.put("second", 2)
    assert cache.get("first") == 1
    assert cache.peek("second") == 2

    cache.put("third", 3)

    assert list(cache.items()) == [("first", 1), ("third", 3)]


def test_the_weight_is_bounded_too() -> None:
    cache: LruCache[str, str] = LruCache(9, max_weight=5, weigh=lambda _, value: len(value))
    cache.put("first", "aaa")
    cache.put("first", "aa")
    cache.put("second", "bbb")
    assert len(cache) == 2

    cache.put("third", "c")

    assert "first" not in cache
    assert cache.pop("second") == "bbb"
    cache.put("fourth", "dddd")
    assert len(cache) == 2
    cache.put("heavy", "eeeeee")
    assert len(cache) == 0
    cache.put("fifth", "fffff")
    cache.clear()
    cache.put("sixth", "ggggg")
    assert cache.get("sixth") == "ggggg"


def test_only_evicted_values_are_reported() -> None:
    evicted: list[int] = []
    cache: LruCache[str, int] = LruCache(1, on_evict=evicted.append)
    cache.put("first", 1)
    cache.put("first", 2)
    cache.put("second", 3)
    cache.pop("second")
    assert cache.pop("second") is None
    assert evicted == [2]


def test_entries_expire_at_their_own_time() -> None:
    now = 0.0
    cache: TtlCache[str, int] = TtlCache(2, lambda: now)
    cache.put("short", 1, expires_at=1.0)
    cache.put("long", 2, expires_at=2.0)
    assert cache.get("short") == 1
    now = 1.0
    assert cache.get("short") is None
    assert cache.get("long") == 2
    assert cache.get("missing") is None
