def initials(name):
    return "".join(word[0].upper() for word in name.split())


INPUTS = [
    ('a b c d',),
    ('Noether',),
    ('alan mathison turing',),
]
