def is_prime(n):
    """
    >>> is_prime(2)
    True
    >>> is_prime(9)
    False
    >>> is_prime(11)
    True
    >>> is_prime(15)
    False
    >>> is_prime(1)
    False
    >>> is_prime(25)
    False
    >>> is_prime(7)
    True
    >>> is_prime(4)
    False
    """
    pass
