def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


INPUTS = [
    (48, 36),
    (17, 5),
    (100, 75),
    (6, 6),
]
