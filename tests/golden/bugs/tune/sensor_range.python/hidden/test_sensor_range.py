from sensor_range import outliers, read_lines, report, spread, summary


def test_spread_of_any_iterable():
    assert spread(iter([])) == 0
    assert spread(n for n in ()) == 0
    assert spread(iter([4])) == 0
    assert spread({-2, 7}) == 9
    assert spread(range(5)) == 4
    assert spread(map(float, "1 5 2".split())) == 4


def test_a_list_is_not_changed():
    values = [3, 1, 2]
    assert spread(values) == 2 and values == [3, 1, 2]


def test_outliers_of_a_generator():
    assert outliers(read_lines(["a 0", "b 0", "a 9"]), 3) == [("a", 9.0)]
    assert outliers(iter([]), 1) == [] and report([], 1) == ""


def test_summary_of_nothing():
    assert summary([]) == {}
