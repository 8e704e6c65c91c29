def last_digit(number):
    return number % 10


INPUTS = [
    (0,),
    (11,),
    (999,),
    (100001,),
]
