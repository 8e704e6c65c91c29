def full_name(first, last):
    """
    >>> full_name("ada", "lovelace")
    'Ada Lovelace'
    >>> full_name("alan", "turing")
    'Alan Turing'
    >>> full_name("x", "y")
    'X Y'
    """
    pass
