def swap_pair(pair):
    """
    >>> swap_pair((1, 2))
    (2, 1)
    >>> swap_pair(("a", "b"))
    ('b', 'a')
    >>> swap_pair((0, 0))
    (0, 0)
    """
    pass
