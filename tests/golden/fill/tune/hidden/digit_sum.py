def digit_sum(number):
    return sum(int(digit) for digit in str(number))


INPUTS = [
    (0,),
    (10,),
    (555,),
    (98765,),
]
