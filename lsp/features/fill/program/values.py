"""What expressions evaluate to: one value for each input, with ERROR where it raises."""
import marshal
import math

ERROR = Ellipsis  # no example has it, and marshal knows it
ERROR_TYPE = type(ERROR)
MOST_DIGITS = 10 ** 15
MOST_ITEMS = 400


class TooLarge(Exception):
    """A value that nobody's example has, and that would only cost time."""


def tag_of(value):
    """The type of a value as operators see it: "int", "list[str]"; "list[]" of an empty one."""
    if isinstance(value, list):
        for each in value:
            return f"list[{tag_of(each)}]"
        return "list[]"
    return type(value).__name__


def tag_of_all(vector, types):
    """The type of a vector whose values, but for errors, are of `types`."""
    if len(types) != 1:
        return "mixed"
    kind, = types
    if kind is not list:
        return kind.__name__
    first = next((value for value in vector if type(value) is list and value), [])
    return tag_of(first)


def element_of(tag):
    """What a list of that type holds; "str" of a string."""
    if tag == "str":
        return "str"
    return tag[5:-1] if tag.startswith("list[") else ""


def key_of(vector, types):
    """Equal for vectors that nothing tells apart; 1, 1.0 and True are different."""
    if set in types:  # which have no order of their own
        return repr([sorted(map(repr, value)) if type(value) is set else value
                     for value in vector])
    try:
        return marshal.dumps(vector, 2)
    except ValueError:
        return repr(vector)


def is_same(one, other):
    """Whether two values are equal and of one type, all the way down; floats nearly."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        if not (math.isfinite(one) and math.isfinite(other)):
            return one == other or one != one and other != other
        return abs(one - other) <= 1e-9 * max(abs(one), abs(other))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(is_same(one[k], other[k]) for k in one)
    return one == other


def checked(value):
    """The value, where it is of a size that is worth going on with."""
    if isinstance(value, int):
        if not -MOST_DIGITS < value < MOST_DIGITS:
            raise TooLarge
    elif isinstance(value, (str, list, dict, set)) and len(value) > MOST_ITEMS:
        raise TooLarge
    return value
