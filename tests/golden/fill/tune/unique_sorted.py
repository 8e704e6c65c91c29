def unique_sorted(items):
    """
    >>> unique_sorted([3, 1, 3, 2])
    [1, 2, 3]
    >>> unique_sorted([])
    []
    >>> unique_sorted([5, 5, 5])
    [5]
    """
    pass
