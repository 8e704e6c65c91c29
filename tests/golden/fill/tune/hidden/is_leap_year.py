def is_leap_year(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


INPUTS = [
    (1900,),
    (1600,),
    (2001,),
    (2100,),
    (2004,),
]
