def is_prime(n):
    return n > 1 and all(n % d for d in range(2, n))


INPUTS = [
    (3,),
    (0,),
    (49,),
    (97,),
    (91,),
]
