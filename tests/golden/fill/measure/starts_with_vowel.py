def starts_with_vowel(word):
    """
    >>> starts_with_vowel("apple")
    True
    >>> starts_with_vowel("pear")
    False
    >>> starts_with_vowel("orange")
    True
    """
    pass
