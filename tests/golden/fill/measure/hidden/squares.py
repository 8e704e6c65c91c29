def squares(n):
    return [i * i for i in range(1, n + 1)]


INPUTS = [
    (2,),
    (4,),
    (10,),
]
