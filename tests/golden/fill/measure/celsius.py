def celsius(fahrenheit):
    """
    >>> celsius(32)
    0.0
    >>> celsius(212)
    100.0
    >>> celsius(50)
    10.0
    """
    pass
