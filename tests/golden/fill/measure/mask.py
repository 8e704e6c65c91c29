def mask(number):
    """All but the last four characters become stars.

    >>> mask("12345678")
    '****5678'
    >>> mask("99999")
    '*9999'
    >>> mask("1234")
    '1234'
    """
    pass
