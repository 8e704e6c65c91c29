def count_above(numbers, limit):
    """
    >>> count_above([1, 5, 9], 4)
    2
    >>> count_above([], 0)
    0
    >>> count_above([3, 3, 3], 3)
    0
    >>> count_above([8, 2, 8, 1], 7)
    2
    """
    pass
