def common(first, second):
    return [item for item in first if item in second]


INPUTS = [
    ([1, 1], [1]),
    ([2, 3], [3]),
    ([5, 1], [1, 5]),
]
