from running_total import running_maximum, running_sum


def test_maximum():
    assert running_maximum([3, 1, 4, 1, 5]) == [3, 3, 4, 4, 5]


def test_maximum_of_a_negative_value():
    assert running_maximum([-1, -3, 2]) == [-1, -1, 2]


def test_sum():
    assert running_sum([1, 2, 3], 10) == [11, 13, 16]
