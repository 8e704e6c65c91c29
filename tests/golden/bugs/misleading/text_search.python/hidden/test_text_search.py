from text_search import count_lines_with, find_all


def test_overlapping():
    assert find_all("aaaa", "aa") == [0, 1, 2]
    assert find_all("abababa", "aba") == [0, 2, 4]


def test_against_a_scan():
    text = "abaabaaabab"
    for begin in range(len(text)):
        for end in range(begin + 1, len(text) + 1):
            word = text[begin:end]
            expected = [i for i in range(len(text)) if text.startswith(word, i)]
            assert find_all(text, word) == expected


def test_lines():
    assert count_lines_with("", "x") == 0
    assert count_lines_with("x\nx\n", "x") == 2
