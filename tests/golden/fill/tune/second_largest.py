def second_largest(numbers):
    """
    >>> second_largest([1, 2, 3])
    2
    >>> second_largest([10, 5])
    5
    >>> second_largest([4, 9, 7, 8])
    8
    """
    pass
