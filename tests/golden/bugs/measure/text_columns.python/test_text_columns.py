from text_columns import align, column_widths, table


def test_widths_of_ragged_rows():
    assert column_widths([["a"], ["bbb", "cc"], ["dd", "e"]]) == [3, 2]


def test_middle():
    assert align("ab", 5, "^") == " ab  "


def test_numbers_to_the_right():
    rows = [["apples", "3"], ["figs", "120"]]
    assert table(rows, "<>") == "apples    3\nfigs    120"


def test_columns_without_alignment_go_left():
    rows = [["id", "name", "town"], ["7", "Ada", "London"]]
    assert table(rows, ">") == "id  name  town\n 7  Ada   London"
