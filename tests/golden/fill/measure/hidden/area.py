def area(width, height):
    return width * height


INPUTS = [
    (1, 1),
    (3, 9),
    (12, 12),
]
