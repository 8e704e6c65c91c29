def rotate(items, count):
    """Moves the first `count` items to the end.

    >>> rotate([1, 2, 3, 4], 1)
    [2, 3, 4, 1]
    >>> rotate([1, 2, 3], 0)
    [1, 2, 3]
    >>> rotate([5, 6, 7], 2)
    [7, 5, 6]
    """
    pass
