def is_anagram(first, second):
    """
    >>> is_anagram("listen", "silent")
    True
    >>> is_anagram("abc", "abd")
    False
    >>> is_anagram("aab", "abb")
    False
    >>> is_anagram("", "")
    True
    >>> is_anagram("tea", "eat")
    True
    >>> is_anagram("a", "aa")
    False
    """
    pass
