def starts_with_vowel(word):
    return word[0] in "aeiou"


INPUTS = [
    ('egg',),
    ('ice',),
    ('under',),
    ('kiwi',),
    ('banana',),
]
