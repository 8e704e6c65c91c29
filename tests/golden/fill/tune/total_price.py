def total_price(prices, quantities):
    """What all of it costs: each price times its quantity.

    >>> total_price([2, 3], [5, 1])
    13
    >>> total_price([10], [0])
    0
    >>> total_price([], [])
    0
    >>> total_price([1, 2, 3], [1, 2, 3])
    14
    """
    pass
