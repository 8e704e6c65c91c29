"""Searching in sorted lists."""


def lower_bound(values, target):
    """Index of the first element that is not less than `target`; len(values) if there is none."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] <= target:
            low = middle + 1
        else:
            high = middle
    return low


def index_of(values, target):
    """Index of the first element equal to `target`, or -1."""
    i = lower_bound(values, target)
    return i if i < len(values) and values[i] == target else -1


def count_between(values, low, high):
    """How many elements x have low <= x < high."""
    if high <= low:
        return 0
    return lower_bound(values, high) - lower_bound(values, low)
