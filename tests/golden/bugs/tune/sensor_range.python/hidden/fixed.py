"""Summaries of readings, given as any iterable of (name, value) pairs; a generator will do."""


def read_lines(lines):
    """Yields (name, value) for each line "name value"; blank lines and "#" lines are left out."""
    for line in lines:
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, value = line.split()
        yield name, float(value)


def spread(values):
    """Largest minus smallest of an iterable of numbers; 0 if there are none."""
    values = list(values)
    if not values:
        return 0
    return max(values) - min(values)


def summary(readings):
    """{name: (how many readings, their mean)}."""
    groups = {}
    for name, value in readings:
        groups.setdefault(name, []).append(value)
    return {name: (len(group), sum(group) / len(group)) for name, group in groups.items()}


def outliers(readings, limit):
    """The readings that are more than `limit` from the mean of all of them, in their order."""
    readings = list(readings)
    if not readings:
        return []
    mean = sum(value for _, value in readings) / len(readings)
    return [(name, value) for name, value in readings if abs(value - mean) > limit]


def report(lines, limit):
    """The outliers of lines of text, a line each: "name value"."""
    return "\n".join(f"{name} {value:g}" for name, value in outliers(read_lines(lines), limit))
