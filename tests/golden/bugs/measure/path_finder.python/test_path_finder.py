from path_finder import has_cycle, reachable, simple_paths

GRAPH = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": [], "x": ["a"]}


def test_two_ways():
    assert simple_paths(GRAPH, "a", "d") == [["a", "b", "d"], ["a", "c", "d"]]


def test_no_way():
    assert simple_paths(GRAPH, "d", "a") == []


def test_reachable():
    assert reachable(GRAPH, "a", set()) == {"a", "b", "c", "d"}


def test_cycles():
    assert has_cycle({"p": ["q"], "q": ["p"]})
    assert not has_cycle({"p": ["q"], "q": ["r"], "r": []})
