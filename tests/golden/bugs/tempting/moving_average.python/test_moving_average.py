from moving_average import crossings, moving_average


def test_nothing():
    assert moving_average([], 3) == []


def test_windows_of_one():
    assert moving_average([7], 1) == [7]


def test_the_beginning():
    assert moving_average([4, 6, 2], 3) == [4, 5, 4]


def test_crossings():
    assert crossings([1, 3, 2, 5], [2, 2, 3, 3]) == [1, 3]
