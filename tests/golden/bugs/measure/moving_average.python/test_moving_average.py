from moving_average import Alarm, MovingAverage


def test_average_of_fewer_values():
    average = MovingAverage(3)
    assert [average.add(4), average.add(8)] == [4, 6]


def test_old_values_leave_the_window():
    average = MovingAverage(2)
    assert [average.add(n) for n in (1, 3, 5, 5)] == [1, 2, 4, 5]


def test_low_values_do_not_ring():
    alarm = Alarm(2, 10)
    assert [alarm.add(n) for n in (1, 5, 9)] == [False, False, False]


def test_rings_once():
    alarm = Alarm(1, 10)
    assert [alarm.add(n) for n in (3, 12, 15, 4, 10)] == [False, True, False, False, True]
