def reverse_words(sentence):
    """
    >>> reverse_words("one two three")
    'three two one'
    >>> reverse_words("hello")
    'hello'
    >>> reverse_words("a b")
    'b a'
    """
    pass
