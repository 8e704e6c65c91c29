def is_sorted(numbers):
    """
    >>> is_sorted([1, 2, 3])
    True
    >>> is_sorted([3, 1])
    False
    >>> is_sorted([])
    True
    >>> is_sorted([2, 2])
    True
    >>> is_sorted([1, 3, 2])
    False
    >>> is_sorted([5, 4, 6, 7])
    False
    """
    pass
