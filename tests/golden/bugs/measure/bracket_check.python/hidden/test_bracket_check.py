import itertools

from bracket_check import balanced


def reduced(text):
    while True:
        shorter = text.replace("()", "").replace("[]", "").replace("{}", "")
        if shorter == text:
            return text
        text = shorter


def test_all_short_texts():
    for length in range(0, 7):
        for letters in itertools.product("()[]", repeat=length):
            text = "".join(letters)
            assert balanced(text) == (reduced(text) == ""), text


def test_other_characters():
    assert balanced("def f(a[1], {2: 3}): (x)")
    assert not balanced("a) b (c")
    assert not balanced("()(")
