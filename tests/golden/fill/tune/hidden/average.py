def average(numbers):
    return sum(numbers) / len(numbers) if numbers else 0


INPUTS = [
    ([0],),
    ([4, 4, 5, 5],),
    ([],),
    ([10, 20],),
]
