def positives(numbers):
    return [n for n in numbers if n > 0]


INPUTS = [
    ([2],),
    ([0],),
    ([-1, 0, 1],),
    ([],),
]
