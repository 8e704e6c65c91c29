def count_words(text):
    return len(text.split())


INPUTS = [
    ('a b c',),
    ('\n',),
    (' x',),
    ('a  b',),
    ('tab\tbed',),
]
