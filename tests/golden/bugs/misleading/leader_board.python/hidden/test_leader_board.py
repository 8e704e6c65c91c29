import itertools

from leader_board import ranks, top


def test_ranks():
    assert ranks({"a": 5, "b": 5, "c": 1}) == {"a": 1, "b": 1, "c": 3}
    for points in itertools.product(range(4), repeat=4):
        scores = dict(zip("abcd", points))
        for name, rank in ranks(scores).items():
            better = [other for other in "abcd" if scores[other] > scores[name]]
            assert rank == len(better) + 1


def test_top():
    assert top({"x": -1, "y": 0}, 1) == ["y"]
    assert top({"x": 1}, 0) == []
