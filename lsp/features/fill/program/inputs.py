"""Inputs near the examples': at the edges of their types, and one change away from them."""
import random

MOST_TRIES = 2_000


def numbers_near(value, draw):
    if isinstance(value, float):
        return [value + 1, 0.0, value / 2, value * 2, -value, 1.0, value - 1, 0.5]
    return [value + 1, 0, value * 2, 1, value - 1, value * 10 + 3, draw.randrange(1, 60), -value, 2,
            value // 2, value + 2, 10, -1, 3, value + 10, 100]


def texts_near(value, draw):
    if not value:
        return ["a", " ", "ab", "A b", "7"]
    at = draw.randrange(len(value))
    return [
        value + " " + value, value.swapcase(), "", " " + value + " ", value[::-1],
        value[:at] + value[at] + value[at:], value[:at] + draw.choice("aeZ0 -_.x") + value[at:],
        value[:at] + value[at + 1:], value * 2, value[0], value.upper(), value + value[0],
        value[:-1], value[1:], value + " "]


def rows_near(value, draw):
    rows = list(value)
    if not rows:
        return [[0], [1, 2], [3, 3]] if isinstance(value, list) else [value]
    at = draw.randrange(len(rows))
    changed = rows[:]
    changed[at] = near(rows[at], draw)
    shuffled = rows[:]
    draw.shuffle(shuffled)
    return [
        rows + rows[:1], changed, [], rows[::-1], rows[:at] + [near(rows[at], draw)] + rows[at:],
        rows + rows, shuffled, rows[:1], rows[:-1], changed, rows[1:], changed,
        sorted(rows, key=repr)]


def tables_near(value, draw):
    items = [(key, near(each, draw)) if draw.random() < 0.5 else (near(key, draw), each)
             for key, each in value.items() if draw.random() < 0.8]
    return [dict(items), {}, dict(reversed(list(value.items())))]


def all_near(value, draw):
    """Other values of that type, those that tell most first."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return numbers_near(value, draw)
    if isinstance(value, str):
        return texts_near(value, draw)
    if isinstance(value, list):
        return rows_near(value, draw)
    if isinstance(value, tuple):
        return [tuple(near(each, draw) for each in value)]
    if isinstance(value, dict):
        return tables_near(value, draw)
    if isinstance(value, set):
        return [set(row) for row in rows_near(sorted(value, key=repr), draw)]
    return [value]


def near(value, draw):
    return draw.choice(all_near(value, draw))


def has_negative(value):
    if isinstance(value, (list, tuple, set)):
        return any(map(has_negative, value))
    if isinstance(value, dict):
        return any(map(has_negative, [*value, *value.values()]))
    return isinstance(value, (int, float)) and value < 0


def one_change_away(arguments, draw):
    """Each kind of change once for each place, and so on with other examples."""
    largest = sorted(arguments, key=lambda each: -len(repr(each)))
    for turn in range(40):
        for place in range(len(arguments[0])):
            made = list(largest[turn % len(largest)])
            options = all_near(made[place], draw)
            made[place] = options[turn % len(options)]
            yield made


def mixed(arguments, draw):
    """What several examples have, changed at some places."""
    for _ in range(MOST_TRIES):
        made = list(draw.choice(arguments))
        other = draw.choice(arguments)
        for place in range(len(made)):
            if draw.random() < 0.3:
                made[place] = other[place]
            if draw.random() < 0.6 or len(made) == 1:
                made[place] = near(made[place], draw)
        yield made


def inputs_near(arguments, count):
    """At most `count` inputs that are none of the examples', always the same ones. Numbers are
    negative only where some of the examples' are."""
    if not arguments[0]:
        return []
    draw = random.Random(1)
    negative = has_negative(arguments)
    seen = {repr(each) for each in arguments}
    found = []
    for source in (one_change_away(arguments, draw), mixed(arguments, draw)):
        for made in source:
            # Most of the few inputs are one change away, and some are not.
            if len(found) == count or len(found) * 4 >= 3 * count and source.__name__ != "mixed":
                break
            text = repr(tuple(made))
            if text not in seen and (negative or not has_negative(made)):
                seen.add(text)
                found.append(tuple(made))
    return found
