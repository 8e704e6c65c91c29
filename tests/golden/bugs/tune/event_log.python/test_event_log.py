from event_log import Event, Log, parse


def test_events_are_sorted():
    log = Log()
    for minute, text in ((30, "b"), (10, "a"), (30, "c")):
        log.add(Event(minute, text))
    assert log.texts() == ["a", "b", "c"]


def test_tags_choose():
    log = Log()
    log.add(Event(1, "x").tag("red"))
    log.add(Event(2, "y"))
    assert log.texts("red") == ["x"]


def test_time_of_a_line():
    event, _ = parse("01:05 tea time", [])
    assert (event.minute, event.text) == (65, "tea time")


def test_lines_do_not_see_each_other():
    parse("09:00 breakfast")
    _, seen = parse("12:30 lunch")
    assert seen == ["lunch"]
