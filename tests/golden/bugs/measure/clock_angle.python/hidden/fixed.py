"""Angles of the hands of a clock, in degrees clockwise from twelve."""


def hour_hand(hour, minute):
    """The hour hand moves on while the minutes pass; hours count from 0 to 23."""
    return (hour % 12) * 30 + minute / 2


def minute_hand(minute):
    return minute * 6


def angle(hour, minute):
    """The smaller angle between the hands, from 0 to 180."""
    difference = abs(hour_hand(hour, minute) - minute_hand(minute))
    return min(difference, 360 - difference)


def hours(minutes):
    """Minutes as hours: 90 is 1.5."""
    return minutes / 60
