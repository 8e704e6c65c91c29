from path_finder import has_cycle, reachable, simple_paths

CHAIN = {1: [2], 2: [3], 3: [4], 4: []}
RING = {1: [2], 2: [3], 3: [1], 4: [1]}


def test_one_after_the_other():
    assert reachable(CHAIN, 1) == {1, 2, 3, 4}
    assert reachable(CHAIN, 3) == {3, 4}
    assert reachable(CHAIN, 4) == {4}
    assert reachable({}, "z") == {"z"}


def test_what_is_given_is_used():
    seen = {3}
    assert reachable(CHAIN, 1, seen) is seen
    assert seen == {1, 2, 3}
    empty = set()
    assert reachable(CHAIN, 4, empty) is empty and empty == {4}


def test_cycles():
    assert has_cycle(RING)
    assert has_cycle({1: [1]})
    assert not has_cycle(CHAIN)
    assert not has_cycle({1: [2, 3], 2: [4], 3: [4], 4: []})
    assert not has_cycle({})


def test_paths():
    assert simple_paths(RING, 4, 3) == [[4, 1, 2, 3]]
    assert simple_paths(RING, 1, 4) == []
    assert simple_paths(CHAIN, 2, 2) == [[2]]
