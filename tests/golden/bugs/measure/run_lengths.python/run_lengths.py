"""Run-length coding of text.

>>> encode("aaab")
[('a', 3), ('b', 1)]
>>> decode([('x', 2), ('y', 3)])
'xxyyy'
>>> encode("mississippi")[:3]
[('m', 1), ('i', 1), ('s', 2)]
"""


def encode(text):
    """List of (character, count) for each maximal run of equal characters, in order."""
    runs = []
    start = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or text[i] != text[start]:
            runs.append((text[start], i - start + 1))
            start = i
    return runs


def decode(runs):
    """The text that `encode` made the runs of.

    >>> decode(encode(""))
    ''
    >>> decode(encode("hello"))
    'hello'
    """
    return "".join(char * count for char, count in runs)


def longest_run(text):
    """The longest run as (character, count); the first of several; None for an empty text.

    >>> longest_run("abbbcc")
    ('b', 3)
    """
    return max(encode(text), key=lambda run: run[1], default=None)
