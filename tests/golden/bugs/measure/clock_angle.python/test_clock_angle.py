from clock_angle import angle, hour_hand, hours, minute_hand


def test_three_o_clock():
    assert angle(3, 0) == 90


def test_six_o_clock_in_the_evening():
    assert angle(18, 0) == 180


def test_minute_hand():
    assert minute_hand(45) == 270


def test_hour_hand_moves_on():
    assert hour_hand(1, 15) == 37.5


def test_hours():
    assert hours(90) == 1.5
