def is_sorted(numbers):
    return numbers == sorted(numbers)


INPUTS = [
    ([1],),
    ([1, 5, 9],),
    ([1, 2, 1],),
    ([0, -1],),
]
