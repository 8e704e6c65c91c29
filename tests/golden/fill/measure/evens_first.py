def evens_first(numbers):
    """
    >>> evens_first([3, 2, 1, 4])
    [2, 4, 3, 1]
    >>> evens_first([1])
    [1]
    >>> evens_first([])
    []
    >>> evens_first([8, 7, 6])
    [8, 6, 7]
    """
    pass
