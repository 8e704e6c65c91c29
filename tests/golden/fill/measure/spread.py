def spread(values):
    """How far the values lie apart.

    >>> spread([3, 9, 5])
    6
    >>> spread([4])
    0
    >>> spread([-2, 2])
    4
    >>> spread([10, 1, 7, 3])
    9
    """
    pass
