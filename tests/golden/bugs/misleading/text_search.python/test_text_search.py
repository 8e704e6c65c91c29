from text_search import count_lines_with, find_all


def test_nothing_found():
    assert find_all("abc", "x") == []


def test_empty_word():
    assert find_all("abc", "") == []


def test_two_occurrences():
    assert find_all("to be or not to be", "be") == [3, 16]


def test_lines():
    assert count_lines_with("a cat\na dog\ncats", "cat") == 2
