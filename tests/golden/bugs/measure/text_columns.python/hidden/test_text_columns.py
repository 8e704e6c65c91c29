from text_columns import align, column_widths, table


def test_alignments():
    assert align("x", 3, "<") == "x  "
    assert align("x", 3, ">") == "  x"
    assert align("x", 3, "^") == " x "
    assert align("xyz", 3, "^") == "xyz"


def test_no_alignment_at_all():
    assert table([["a", "bb"], ["ccc", "d"]], "") == "a    bb\nccc  d"


def test_more_alignments_than_columns():
    assert table([["a"], ["bb"]], ">^<") == " a\nbb"


def test_ragged_rows():
    rows = [["a", "b", "c"], ["dddd"], ["e", "ffff"]]
    assert table(rows, ">>") == "   a     b  c\ndddd\n   e  ffff"
    assert table(rows, ">") == "   a  b     c\ndddd\n   e  ffff"


def test_no_rows():
    assert column_widths([]) == []
    assert table([], "<") == ""
