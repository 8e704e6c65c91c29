from moving_average import moving_average


def test_long_series():
    assert moving_average([1, 2, 3, 4, 5], 2) == [1, 1.5, 2.5, 3.5, 4.5]
    assert moving_average([3, 1, 2], 1) == [3, 1, 2]
    assert moving_average([6, 0, 0, 0, 6], 3) == [6, 3, 2, 0, 2]


def test_short_series():
    assert moving_average([2, 4], 10) == [2, 3]


def test_any_size():
    values = [5, -1, 3, 8, 0, 2, 2]
    for size in range(1, 9):
        for i, mean in enumerate(moving_average(values, size)):
            first = max(0, i - size + 1)
            assert abs(mean - sum(values[first:i + 1]) / (i + 1 - first)) < 1e-9
