def swap_pair(pair):
    return (pair[1], pair[0])


INPUTS = [
    ((3, 4),),
    (('x', 1),),
]
