import itertools

from running_total import running_maximum, running_sum


def test_maxima():
    for values in itertools.product((-1000, -2, -1, 0, 7), repeat=4):
        expected = [max(values[:i + 1]) for i in range(4)]
        assert running_maximum(list(values)) == expected
    assert running_maximum([]) == []
    assert running_maximum([-0.5]) == [-0.5]
    assert running_maximum([float("-inf"), -5]) == [float("-inf"), -5]


def test_sums():
    assert running_sum([]) == []
    assert running_sum([-1, 1]) == [-1, 0]
