def lengths(words):
    return [len(word) for word in words]


INPUTS = [
    (['x'],),
    (['ab', 'ab'],),
    ([''],),
]
