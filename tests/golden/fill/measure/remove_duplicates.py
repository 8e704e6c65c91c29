def remove_duplicates(items):
    """Each item once, in the order of its first place.

    >>> remove_duplicates([3, 1, 3, 2])
    [3, 1, 2]
    >>> remove_duplicates([])
    []
    >>> remove_duplicates([5, 5, 4])
    [5, 4]
    """
    pass
