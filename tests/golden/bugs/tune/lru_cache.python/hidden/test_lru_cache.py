import random

from lru_cache import LruCache


def test_against_a_plain_list():
    for seed in range(40):
        numbers = random.Random(seed)
        capacity = numbers.randint(1, 4)
        cache, model, dropped = LruCache(capacity), [], 0
        for _ in range(60):
            key = numbers.choice("abcdef")
            known = dict(model)
            if numbers.random() < 0.5:
                value = numbers.randint(0, 99)
                cache.put(key, value)
                model = [entry for entry in model if entry[0] != key] + [(key, value)]
                if len(model) > capacity:
                    model.pop(0)
                    dropped += 1
            else:
                assert cache.get(key) == known.get(key)
                if key in known:
                    model = [e for e in model if e[0] != key] + [(key, known[key])]
            assert cache.keys() == [key for key, _ in model]
            assert cache.dropped == dropped and len(cache) == len(model)


def test_asking_is_no_use():
    cache = LruCache(2)
    cache.put(1, "x")
    cache.put(2, "y")
    assert 1 in cache
    cache.put(3, "z")
    assert cache.keys() == [2, 3]


def test_replacing_drops_nothing():
    cache = LruCache(1)
    cache.put("k", 1)
    cache.put("k", 2)
    assert cache.get("k") == 2 and cache.dropped == 0
