def common(first, second):
    """What stands in both, in the order of the first.

    >>> common([1, 2, 3], [3, 1])
    [1, 3]
    >>> common([], [1])
    []
    >>> common([4, 5], [6])
    []
    >>> common([9, 8, 7], [7, 8, 9])
    [9, 8, 7]
    """
    pass
