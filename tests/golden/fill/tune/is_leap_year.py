def is_leap_year(year):
    """
    >>> is_leap_year(2024)
    True
    >>> is_leap_year(2023)
    False
    >>> is_leap_year(2000)
    True
    >>> is_leap_year(2012)
    True
    """
    pass
