def initials(name):
    """
    >>> initials("Ada Lovelace")
    'AL'
    >>> initials("grace brewster hopper")
    'GBH'
    >>> initials("plato")
    'P'
    >>> initials("Kurt Gödel")
    'KG'
    """
    pass
