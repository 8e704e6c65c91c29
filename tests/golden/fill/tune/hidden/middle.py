def middle(items):
    return items[len(items) // 2]


INPUTS = [
    ([1, 2, 3, 4],),
    ([9, 8, 7, 6, 5, 4, 3],),
]
