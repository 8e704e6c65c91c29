def digit_sum(number):
    """
    >>> digit_sum(123)
    6
    >>> digit_sum(9)
    9
    >>> digit_sum(1000)
    1
    >>> digit_sum(99)
    18
    """
    pass
