from interval_merge import covers, merge


def test_disjoint_intervals_stay():
    assert merge([(5, 6), (1, 2)]) == [(1, 2), (5, 6)]


def test_overlapping_intervals_become_one():
    assert merge([(1, 4), (3, 8)]) == [(1, 8)]


def test_touching_intervals_become_one():
    assert merge([(1, 3), (3, 5)]) == [(1, 5)]


def test_inner_interval_vanishes():
    assert merge([(1, 10), (2, 3)]) == [(1, 10)]


def test_covers_both_ends():
    assert covers([(2, 4)], 2) and covers([(2, 4)], 4) and not covers([(2, 4)], 5)
