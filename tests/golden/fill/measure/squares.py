def squares(n):
    """
    >>> squares(3)
    [1, 4, 9]
    >>> squares(0)
    []
    >>> squares(1)
    [1]
    >>> squares(5)
    [1, 4, 9, 16, 25]
    """
    pass
