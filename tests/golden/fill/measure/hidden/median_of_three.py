def median_of_three(a, b, c):
    return sorted([a, b, c])[1]


INPUTS = [
    (6, 5, 4),
    (1, 9, 5),
    (0, 0, 0),
    (10, -10, 3),
]
