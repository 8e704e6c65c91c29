def reverse_words(sentence):
    return " ".join(sentence.split()[::-1])


INPUTS = [
    ('x y z',),
    ('to be or not to be',),
    ('end',),
]
