def is_anagram(first, second):
    return sorted(first) == sorted(second)


INPUTS = [
    ('ab', 'ba'),
    ('abc', 'cb'),
    ('aabb', 'bbaa'),
    ('ad', 'bc'),
]
