from lru_cache import LruCache


def test_missing_key():
    assert LruCache(2).get("a", 7) == 7


def test_put_and_get():
    cache = LruCache(2)
    cache.put("a", 1)
    assert cache.get("a") == 1


def test_new_cache_is_empty():
    cache = LruCache(3)
    assert len(cache) == 0 and "a" not in cache and cache.keys() == []


def test_oldest_is_dropped():
    cache = LruCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.get("a")
    cache.put("c", 3)
    assert cache.keys() == ["a", "c"] and cache.dropped == 1
