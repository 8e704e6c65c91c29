from release_finder import first_bad, insert_position, smallest_capacity


def test_no_release():
    assert first_bad(0, lambda n: True) is None


def test_all_are_bad():
    assert first_bad(7, lambda n: True) == 0


def test_some_are_bad():
    assert first_bad(10, lambda n: n >= 6) == 6


def test_insertion():
    assert insert_position([2, 4, 6], 1) == 0
    assert insert_position([2, 4, 4, 6], 4) == 1


def test_capacity():
    assert smallest_capacity([1, 2, 3, 4, 5], 2) == 9
    assert smallest_capacity([], 3) == 0
