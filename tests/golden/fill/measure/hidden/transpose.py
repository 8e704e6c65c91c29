def transpose(rows):
    return [list(row) for row in zip(*rows)]


INPUTS = [
    ([[1], [2]],),
    ([[1, 2, 3]],),
    ([[1, 0], [0, 1]],),
]
