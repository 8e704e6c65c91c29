def even_numbers(numbers):
    return [n for n in numbers if n % 2 == 0]


INPUTS = [
    ([2, 2],),
    ([6, 5, 4],),
    ([1],),
    ([-2, -3],),
]
