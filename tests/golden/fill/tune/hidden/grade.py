def grade(score):
    return "pass" if score >= 50 else "fail"


INPUTS = [
    (50,),
    (49,),
    (0,),
    (100,),
]
