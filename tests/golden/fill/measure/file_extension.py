def file_extension(name):
    """
    >>> file_extension("notes.txt")
    'txt'
    >>> file_extension("archive.tar.gz")
    'gz'
    >>> file_extension("a.b")
    'b'
    """
    pass
