def remove_duplicates(items):
    return list(dict.fromkeys(items))


INPUTS = [
    ([1, 2, 1],),
    ([9, 8, 9, 7, 8],),
    ([0],),
]
