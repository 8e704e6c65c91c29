def unique_sorted(items):
    return sorted(set(items))


INPUTS = [
    ([2, 1],),
    ([9, 8, 9, 8],),
    ([0],),
]
