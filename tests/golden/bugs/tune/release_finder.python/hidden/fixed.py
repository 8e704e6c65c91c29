"""Finds by bisection where something began to go wrong."""


def first_bad(count, is_bad):
    """The first of the releases 0 to count - 1 that is bad, or None if all are good.

    From the first bad release on all are bad. Asks is_bad(release) about log2(count) times.
    """
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if is_bad(middle):
            high = middle
        else:
            low = middle + 1
    return low if low < count else None


def insert_position(numbers, number):
    """Where a number belongs in an ascending list; before equal ones."""
    position = first_bad(len(numbers), lambda i: numbers[i] >= number)
    return len(numbers) if position is None else position


def smallest_capacity(weights, days):
    """The smallest capacity of a ship that carries all weights, in their order, within the days.

    What is loaded on a day weighs the capacity at most. Weights are above 0; days is 1 or more.
    """
    def days_with(capacity):
        needed, load = 1, 0
        for weight in weights:
            if load + weight > capacity:
                needed, load = needed + 1, 0
            load += weight
        return needed

    if not weights:
        return 0
    low = max(weights)
    steps = first_bad(sum(weights) - low + 1, lambda extra: days_with(low + extra) <= days)
    return low + steps
