def grade(score):
    """'pass' from 50 on, else 'fail'.

    >>> grade(80)
    'pass'
    >>> grade(20)
    'fail'
    >>> grade(55)
    'pass'
    """
    pass
