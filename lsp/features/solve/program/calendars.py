"""Days of the Gregorian calendar, and times of a clock."""
import datetime

import sympy

from .answer import NO, YES, Answer, Unsolvable
from .integers import answer, integer_of

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def date_of(nodes):
    year, month, day = map(integer_of, nodes)
    try:
        return datetime.date(year, month, day)
    except (ValueError, OverflowError):
        raise Unsolvable(f"there is no day {year}-{month:02}-{day:02}") from None


def day_number(date):
    """Days since the first of March of year 0, by the lengths of months and leap years."""
    year, month = (date.year, date.month - 3) if date.month > 2 else \
        (date.year - 1, date.month + 9)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + date.day


def days_between(problem):
    first, last = date_of(problem[1:4]), date_of(problem[4:7])
    value = (last - first).days
    return answer(value, value == day_number(last) - day_number(first),
                  "the lengths of the months and years between add up to it",
                  f"print((datetime.{last!r} - datetime.{first!r}).days)")


def date_after(problem):
    date, days = date_of(problem[1:4]), integer_of(problem[4])
    try:
        value = date + datetime.timedelta(days)
    except OverflowError:
        raise Unsolvable("that day is outside of the calendar's years, 1 to 9999") from None
    good = day_number(value) - day_number(date) == days
    return Answer(sympy.Symbol(value.isoformat()), YES if good else NO,
                  "counted by the lengths of the months and years, too",
                  f"print({date!r} + datetime.timedelta({days}))")


def weekday(problem):
    date = date_of(problem[1:4])
    thursday = datetime.date(1970, 1, 1)
    good = (day_number(date) - day_number(thursday)) % 7 == (date.weekday() - 3) % 7
    return Answer(sympy.Symbol(WEEKDAYS[date.weekday()]), YES if good else NO,
                  "counted in days, too", f"print({date!r}.strftime('%A'))")


def is_leap(problem):
    year = integer_of(problem[1])
    value = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    good = 1 <= year <= 9998 and \
        (datetime.date(year + 1, 1, 1) - datetime.date(year, 1, 1)).days == 365 + value
    return answer(sympy.sympify(value), good, "the year has as many days",
                  f"print(calendar.isleap({year}))")


def clock(problem):
    minutes = integer_of(problem[1])
    hours, rest = divmod(abs(minutes), 60)
    text = f"{'-' if minutes < 0 else ''}{hours}:{rest:02}"
    return Answer(sympy.Symbol(text), YES if hours * 60 + rest == abs(minutes) else NO,
                  "hours and minutes add up to it", "")


TASKS = {"days_between": days_between, "date_after": date_after, "weekday": weekday,
         "is_leap": is_leap, "clock": clock}
