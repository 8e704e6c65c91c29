def even_numbers(numbers):
    """
    >>> even_numbers([1, 2, 3, 4])
    [2, 4]
    >>> even_numbers([7, 9])
    []
    >>> even_numbers([10, 0, 5])
    [10, 0]
    >>> even_numbers([])
    []
    """
    pass
