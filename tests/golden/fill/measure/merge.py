def merge(defaults, given):
    """
    >>> merge({"a": 1}, {"b": 2})
    {'a': 1, 'b': 2}
    >>> merge({"a": 1}, {"a": 3})
    {'a': 3}
    >>> merge({}, {})
    {}
    """
    pass
