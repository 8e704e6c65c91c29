"""Choosing things to pack."""


def best_value(items, capacity):
    """Greatest total value of items, each taken once at most, that weigh at most `capacity`.

    `items` are pairs (weight, value) of integers, weights positive and values not negative.
    """
    best = [0] * (capacity + 1)
    for weight, value in items:
        for room in range(capacity, weight - 1, -1):
            best[room] = max(best[room], best[room - weight] + value)
    return best[capacity]


def fits_exactly(weights, capacity):
    """Whether some of the weights, each used once at most, add up to exactly `capacity`.

    Choosing none adds up to 0.
    """
    reachable = [True] + [False] * capacity
    for weight in weights:
        for total in range(capacity, weight - 1, -1):
            reachable[total] = reachable[total] or reachable[total - weight]
    return reachable[capacity]
