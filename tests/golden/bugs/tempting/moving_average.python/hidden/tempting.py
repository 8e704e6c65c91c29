"""Smooths a series of numbers."""


def moving_average(values, size):
    """For each value the mean of it and of those before it, `size` values at most.

    The first ones have fewer before them: their means are of as many as there are.
    """
    means = []
    for i in range(len(values)):
        window = values[max(0, i + 1 - size):i + 1]
        means.append(sum(window) / (i + 1))
    return means


def crossings(values, means):
    """The indices where the values go from below their mean to it or above."""
    return [i for i in range(1, len(values))
            if values[i - 1] < means[i - 1] and values[i] >= means[i]]
