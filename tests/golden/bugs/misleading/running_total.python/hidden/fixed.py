"""Running figures of a series."""


def running_maximum(values):
    """The greatest value so far, at each place; values may be of any sign."""
    result = []
    best = None
    for value in values:
        if best is None or value > best:
            best = value
        result.append(best)
    return result


def running_sum(values, start=0):
    """The sum so far at each place, beginning with `start`."""
    result = []
    for value in values:
        start += value
        result.append(start)
    return result
