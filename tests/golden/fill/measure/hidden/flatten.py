def flatten(rows):
    return [item for row in rows for item in row]


INPUTS = [
    ([[1], [2], [3]],),
    ([[7, 8, 9]],),
]
