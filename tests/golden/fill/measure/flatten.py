def flatten(rows):
    """
    >>> flatten([[1, 2], [3]])
    [1, 2, 3]
    >>> flatten([])
    []
    >>> flatten([[], [4, 5]])
    [4, 5]
    """
    pass
