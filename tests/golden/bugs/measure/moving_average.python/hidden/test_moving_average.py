import itertools

from moving_average import Alarm, MovingAverage


def test_averages():
    values = [3, 1, 4, 1, 5, 9, 2, 6]
    for size in range(1, 10):
        average = MovingAverage(size)
        for i, value in enumerate(values):
            window = values[max(0, i + 1 - size):i + 1]
            assert average.add(value) == sum(window) / len(window)


def test_alarms():
    for values in itertools.product((0, 5, 10), repeat=5):
        for size in (1, 2):
            alarm, before = Alarm(size, 5), False
            for i, value in enumerate(values):
                window = values[max(0, i + 1 - size):i + 1]
                now = sum(window) / len(window) >= 5
                assert alarm.add(value) == (now and not before)
                before = now
