from event_log import Event, Log, parse


def test_a_list_that_is_given_is_used():
    seen = []
    _, first = parse("00:00 a", seen)
    _, second = parse("00:01 b", seen)
    assert first is seen and second is seen and seen == ["a", "b"]


def test_an_empty_list_that_is_given_is_used():
    seen = []
    parse("10:10 x y", seen)
    assert seen == ["x y"]


def test_none_given():
    for text in ("p", "q", "r"):
        event, seen = parse("23:59 " + text)
        assert seen == [text] and event.minute == 1439


def test_tags_are_not_shared():
    names = ["a"]
    one, two = Event(0, "1", names), Event(0, "2", names)
    one.tag("b")
    assert one.tags == {"a", "b"} and two.tags == {"a"} and names == ["a"]
    assert Event(0, "3").tags == set()


def test_order():
    log = Log()
    for minute in (5, 3, 9, 3, 1, 9):
        log.add(Event(minute, f"{minute}.{len(log.events)}"))
    assert log.texts() == ["1.4", "3.1", "3.3", "5.0", "9.2", "9.5"]
