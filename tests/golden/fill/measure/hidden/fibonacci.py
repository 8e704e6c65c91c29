def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


INPUTS = [
    (2,),
    (3,),
    (5,),
    (12,),
]
