def longest_word(words):
    """The longest word; of equal ones the first.

    >>> longest_word(["pear", "fig", "banana"])
    'banana'
    >>> longest_word(["a"])
    'a'
    >>> longest_word(["one", "two"])
    'one'
    >>> longest_word(["x", "yyy", "zzz", "w"])
    'yyy'
    """
    pass
