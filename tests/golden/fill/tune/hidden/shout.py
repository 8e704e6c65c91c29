def shout(text):
    return text.upper() + "!"


INPUTS = [
    ('',),
    ('a',),
    ('What?',),
]
