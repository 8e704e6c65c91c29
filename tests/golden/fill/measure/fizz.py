def fizz(n):
    """
    >>> fizz(3)
    'fizz'
    >>> fizz(4)
    '4'
    >>> fizz(9)
    'fizz'
    >>> fizz(10)
    '10'
    """
    pass
