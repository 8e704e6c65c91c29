def rotate(items, count):
    return items[count:] + items[:count]


INPUTS = [
    ([1, 2], 1),
    ([9, 8, 7, 6], 3),
    ([1], 1),
]
