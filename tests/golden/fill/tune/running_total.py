def running_total(numbers):
    """
    >>> running_total([1, 2, 3])
    [1, 3, 6]
    >>> running_total([])
    []
    >>> running_total([5, -5, 2])
    [5, 0, 2]
    """
    pass
