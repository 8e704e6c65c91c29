def lengths(words):
    """
    >>> lengths(["a", "bcd"])
    [1, 3]
    >>> lengths([])
    []
    >>> lengths(["hello", "", "hi"])
    [5, 0, 2]
    """
    pass
