def mask(number):
    return "*" * (len(number) - 4) + number[-4:]


INPUTS = [
    ('123',),
    ('abcdefgh',),
    ('00001111222',),
]
