def fizz(n):
    return "fizz" if n % 3 == 0 else str(n)


INPUTS = [
    (6,),
    (7,),
    (12,),
    (5,),
    (15,),
]
