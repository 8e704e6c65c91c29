def snake_case(title):
    return title.lower().replace(" ", "_")


INPUTS = [
    ('x',),
    ('To Be Or Not',),
]
