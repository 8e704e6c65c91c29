def full_name(first, last):
    return first.capitalize() + " " + last.capitalize()


INPUTS = [
    ('emmy', 'noether'),
    ('a', 'bc'),
]
