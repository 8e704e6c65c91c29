def total_price(prices, quantities):
    return sum(p * q for p, q in zip(prices, quantities))


INPUTS = [
    ([4], [4]),
    ([1, 1], [2, 9]),
    ([5, 6, 7], [0, 0, 1]),
]
