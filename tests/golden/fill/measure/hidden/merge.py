def merge(defaults, given):
    return {**defaults, **given}


INPUTS = [
    ({'x': 1, 'y': 2}, {'y': 5}),
    ({}, {'q': 1}),
]
