from bracket_check import balanced


def test_no_brackets():
    assert balanced("abc")


def test_one_pair():
    assert balanced("f(x)")


def test_nested():
    assert balanced("{[()]}")


def test_wrong_kind():
    assert not balanced("(]")


def test_not_closed():
    assert not balanced("(a")
