def factorial(n):
    """
    >>> factorial(0)
    1
    >>> factorial(1)
    1
    >>> factorial(4)
    24
    >>> factorial(6)
    720
    """
    pass
