from grade_stats import histogram, mean, median


def test_whole_mean():
    assert mean([1, 2, 3]) == 2


def test_mean_between_grades():
    assert mean([1, 2]) == 1.5


def test_middle_grade():
    assert median([5, 1, 4]) == 4


def test_two_middle_grades():
    assert median([4, 1, 3, 2]) == 2.5


def test_histogram():
    assert histogram([2, 1, 2]) == {1: 1, 2: 2}
