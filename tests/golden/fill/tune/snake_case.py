def snake_case(title):
    """
    >>> snake_case("Hello World")
    'hello_world'
    >>> snake_case("One")
    'one'
    >>> snake_case("A Big Red Ball")
    'a_big_red_ball'
    """
    pass
