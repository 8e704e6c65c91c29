"""Inputs near the examples': at the edges of their types, and one change away from them."""
import random

MOST_TRIES = 2_000


def near_number(value, draw):
    if isinstance(value, float):
        return draw.choice([0.0, 1.0, -value, value + 1, value - 1, value * 2, value / 2, 0.5])
    return draw.choice([0, 1, 2, 3, -1, value + 1, value - 1, value + 2, value * 2, value // 2,
                        -value, value * 10 + 3, value + 10, 10, 100, draw.randrange(1, 60)])


def near_text(value, draw):
    if not value:
        return draw.choice(["a", " ", "ab", "A b", "7"])
    at = draw.randrange(len(value))
    return draw.choice([
        "", value[0], value * 2, value[::-1], value.swapcase(), value.upper(), value + " " + value,
        value + value[0], value[:-1], value[1:], " " + value, value + " ", value[:at] + value[at:][1:],
        value[:at] + value[at] + value[at:], value[:at] + draw.choice("aeZ0 -_.x") + value[at:]])


def near_row(value, draw):
    rows = list(value)
    if not rows:
        return draw.choice([[0], [1, 2], [3, 3]]) if isinstance(value, list) else value
    at = draw.randrange(len(rows))
    changed = rows[:]
    changed[at] = near(rows[at], draw)
    shuffled = rows[:]
    draw.shuffle(shuffled)
    return draw.choice([
        [], rows[:1], rows[::-1], rows + rows, rows + rows[:1], rows[:-1], rows[1:], changed,
        changed, changed, shuffled, rows[:at] + [near(rows[at], draw)] + rows[at:],
        sorted(rows, key=repr)])


def near(value, draw):
    """Another value of that type."""
    if isinstance(value, bool):
        return draw.choice([True, False])
    if isinstance(value, (int, float)):
        return near_number(value, draw)
    if isinstance(value, str):
        return near_text(value, draw)
    if isinstance(value, list):
        return near_row(value, draw)
    if isinstance(value, tuple):
        return tuple(near(each, draw) for each in value)
    if isinstance(value, dict):
        items = [(key, near(each, draw)) if draw.random() < 0.5 else (near(key, draw), each)
                 for key, each in value.items() if draw.random() < 0.8]
        return dict(items)
    if isinstance(value, set):
        return set(near_row(sorted(value, key=repr), draw) or [])
    return value


def has_negative(value):
    if isinstance(value, (list, tuple, set)):
        return any(map(has_negative, value))
    if isinstance(value, dict):
        return any(map(has_negative, [*value, *value.values()]))
    return isinstance(value, (int, float)) and value < 0


def inputs_near(arguments, count):
    """At most `count` inputs that are none of the examples', always the same ones. Numbers are
    negative only where some of the examples' are."""
    negative = has_negative(arguments)
    draw = random.Random(1)
    seen = {repr(each) for each in arguments}
    found = []
    for _ in range(MOST_TRIES):
        if len(found) == count or not arguments[0]:
            break
        made = list(draw.choice(arguments))
        # Of what another example has at that place, too: so that they are mixed.
        other = draw.choice(arguments)
        changed = False
        for place in range(len(made)):
            if draw.random() < 0.3:
                made[place] = other[place]
            if draw.random() < 0.6 or len(made) == 1:
                made[place] = near(made[place], draw)
                changed = True
        if not negative and has_negative(made):
            continue
        if changed and repr(tuple(made)) not in seen:
            seen.add(repr(tuple(made)))
            found.append(tuple(made))
    return found
