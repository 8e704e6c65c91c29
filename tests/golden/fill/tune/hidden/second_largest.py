def second_largest(numbers):
    return sorted(set(numbers))[-2]


INPUTS = [
    ([3, 3, 1],),
    ([1, 2],),
    ([5, 4, 3, 2, 1],),
]
