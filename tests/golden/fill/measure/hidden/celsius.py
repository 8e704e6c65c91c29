def celsius(fahrenheit):
    return (fahrenheit - 32) * 5 / 9


INPUTS = [
    (77,),
    (14,),
    (-40,),
]
