def spread(values):
    return max(values) - min(values)


INPUTS = [
    ([1, 1],),
    ([100, -100, 3],),
    ([0, 5],),
]
