def median_of_three(a, b, c):
    """
    >>> median_of_three(1, 2, 3)
    2
    >>> median_of_three(9, 4, 7)
    7
    >>> median_of_three(5, 8, 1)
    5
    >>> median_of_three(2, 2, 6)
    2
    >>> median_of_three(3, 1, 2)
    2
    """
    pass
