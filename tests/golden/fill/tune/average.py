def average(numbers):
    """The arithmetic mean; 0 of nothing.

    >>> average([1, 2, 3])
    2.0
    >>> average([5])
    5.0
    >>> average([1, 2])
    1.5
    >>> average([])
    0
    """
    pass
