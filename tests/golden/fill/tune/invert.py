def invert(mapping):
    """
    >>> invert({"a": 1, "b": 2})
    {1: 'a', 2: 'b'}
    >>> invert({})
    {}
    >>> invert({"x": "y"})
    {'y': 'x'}
    """
    pass
