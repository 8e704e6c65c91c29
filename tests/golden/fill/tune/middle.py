def middle(items):
    """The item in the middle; of an even number of items the later one.

    >>> middle([1, 2, 3])
    2
    >>> middle([1, 2])
    2
    >>> middle(["a"])
    'a'
    >>> middle([5, 6, 7, 8, 9])
    7
    """
    pass
