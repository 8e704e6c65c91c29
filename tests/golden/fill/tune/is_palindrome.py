def is_palindrome(word):
    """
    >>> is_palindrome("level")
    True
    >>> is_palindrome("abc")
    False
    >>> is_palindrome("noon")
    True
    >>> is_palindrome("abca")
    False
    >>> is_palindrome("")
    True
    >>> is_palindrome("ab")
    False
    >>> is_palindrome("x")
    True
    >>> is_palindrome("abba")
    True
    """
    pass
