def gcd(a, b):
    """
    >>> gcd(12, 8)
    4
    >>> gcd(7, 3)
    1
    >>> gcd(10, 5)
    5
    >>> gcd(9, 6)
    3
    """
    pass
