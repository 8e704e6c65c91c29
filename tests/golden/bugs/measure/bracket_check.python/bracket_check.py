PAIRS = {")": "(", "]": "[", "}": "{"}


def balanced(text):
    """Whether each bracket in the text is closed by one of its kind, properly nested.

    Characters that are no brackets do not matter.
    """
    open_brackets = []
    for char in text:
        if char in PAIRS.values():
            open_brackets.append(char)
        elif char in PAIRS:
            if not open_brackets or open_brackets.pop() != PAIRS[char]:
                return False
            return not open_brackets
    return not open_brackets
