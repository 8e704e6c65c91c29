def file_extension(name):
    return name.split(".")[-1]


INPUTS = [
    ('x.py',),
    ('one.two.three',),
    ('photo.jpeg',),
]
