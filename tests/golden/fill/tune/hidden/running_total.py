def running_total(numbers):
    return [sum(numbers[:i + 1]) for i in range(len(numbers))]


INPUTS = [
    ([4],),
    ([1, 1, 1, 1],),
]
