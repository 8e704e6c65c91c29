import itertools

from interval_merge import covers, merge


def test_the_points_are_the_same():
    all_intervals = [(a, b) for a in range(6) for b in range(a, 6)]
    for chosen in itertools.combinations(all_intervals, 3):
        merged = merge(list(chosen))
        assert merged == sorted(merged)
        for point in range(-1, 7):
            assert covers(chosen, point) == covers(merged, point)
        for left, right in zip(merged, merged[1:]):
            assert left[1] < right[0]


def test_neighbours_without_a_common_point_stay():
    assert merge([(1, 2), (3, 4)]) == [(1, 2), (3, 4)]


def test_nothing_and_one_point():
    assert merge([]) == []
    assert merge([(3, 3), (3, 3)]) == [(3, 3)]
