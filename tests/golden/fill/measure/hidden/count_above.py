def count_above(numbers, limit):
    return sum(n > limit for n in numbers)


INPUTS = [
    ([1, 2, 3], 1),
    ([5], 4),
    ([0, 0], -1),
]
