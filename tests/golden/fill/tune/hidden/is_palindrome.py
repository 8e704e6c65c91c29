def is_palindrome(word):
    return word == word[::-1]


INPUTS = [
    ('abcba',),
    ('abcbx',),
    ('aa',),
    ('Level',),
    ('abcab',),
]
