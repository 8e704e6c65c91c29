def clamp(value, low, high):
    return max(low, min(value, high))


INPUTS = [
    (1, 2, 3),
    (9, 2, 3),
    (2, 2, 3),
    (3, 2, 3),
    (-1, -5, -2),
]
