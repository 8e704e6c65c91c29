def flatten(value):
    """All leaves of nested lists, from left to right; a value that is no list is a leaf.

    >>> flatten([1, [2, [3, 4]], 5])
    [1, 2, 3, 4, 5]
    >>> flatten([])
    []
    >>> flatten([[], [[]]])
    []
    """
    if not isinstance(value, list):
        return [value]
    return flatten(value[0]) + flatten(value[1:])


def depth(value):
    """How deep lists are nested: 0 for a leaf, 1 for a flat list.

    >>> depth([])
    1
    >>> depth([1, [2]])
    2
    """
    if not isinstance(value, list):
        return 0
    return 1 + max(map(depth, value), default=0)
