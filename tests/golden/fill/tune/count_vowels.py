def count_vowels(text):
    """
    >>> count_vowels("banana")
    3
    >>> count_vowels("sky")
    0
    >>> count_vowels("education")
    5
    >>> count_vowels("")
    0
    """
    pass
