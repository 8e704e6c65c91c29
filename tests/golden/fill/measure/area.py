def area(width, height):
    """
    >>> area(2, 3)
    6
    >>> area(10, 1)
    10
    >>> area(0, 5)
    0
    >>> area(7, 7)
    49
    """
    pass
