def ticket(age):
    return 5 if age < 12 else 10


INPUTS = [
    (0,),
    (13,),
    (99,),
    (10,),
]
