def evens_first(numbers):
    return sorted(numbers, key=lambda n: n % 2)


INPUTS = [
    ([5, 4],),
    ([1, 2, 3],),
    ([2, 1, 4, 3],),
]
