def positives(numbers):
    """
    >>> positives([1, -2, 3])
    [1, 3]
    >>> positives([-1])
    []
    >>> positives([0, 5, -7, 8])
    [5, 8]
    """
    pass
