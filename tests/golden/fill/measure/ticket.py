def ticket(age):
    """Children under 12 pay 5, all others 10.

    >>> ticket(8)
    5
    >>> ticket(30)
    10
    >>> ticket(11)
    5
    >>> ticket(12)
    10
    """
    pass
