def count_words(text):
    """How many words a text has.

    >>> count_words("the quick brown fox")
    4
    >>> count_words("one")
    1
    >>> count_words("")
    0
    >>> count_words("  two  words ")
    2
    """
    pass
