def invert(mapping):
    return {value: key for key, value in mapping.items()}


INPUTS = [
    ({'k': 3},),
    ({1: 2, 3: 4},),
]
