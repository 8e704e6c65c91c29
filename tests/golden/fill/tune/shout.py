def shout(text):
    """
    >>> shout("hello")
    'HELLO!'
    >>> shout("Stop it")
    'STOP IT!'
    """
    pass
