from fractions import Fraction

from clock_angle import angle, hour_hand, hours


def test_every_minute_of_the_day():
    for total in range(24 * 60):
        hour, minute = divmod(total, 60)
        hand = Fraction(total % 720, 2)
        assert hour_hand(hour, minute) == hand
        apart = abs(hand - 6 * minute)
        assert angle(hour, minute) == min(apart, 360 - apart)


def test_hours():
    assert hours(0) == 0
    assert hours(45) == 0.75
    assert hours(600) == 10
    assert hours(15) == 0.25
