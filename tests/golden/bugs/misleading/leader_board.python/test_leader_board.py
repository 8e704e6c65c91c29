from leader_board import ranks, top


def test_top():
    assert top({"ann": 3, "bob": 9, "cem": 5}, 2) == ["bob", "cem"]


def test_top_of_equal_points():
    assert top({"b": 1, "a": 1}, 5) == ["a", "b"]


def test_ranks():
    assert ranks({"ann": 3, "bob": 9, "cem": 5}) == {"bob": 1, "cem": 2, "ann": 3}


def test_nobody():
    assert ranks({}) == {} and top({}, 3) == []
