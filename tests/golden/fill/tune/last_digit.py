def last_digit(number):
    """The last decimal digit.

    >>> last_digit(7)
    7
    >>> last_digit(123)
    3
    >>> last_digit(90)
    0
    >>> last_digit(4528)
    8
    """
    pass
