"""Splits a command line into words, by the rules of a small shell.

White space divides words. Between single quotes everything is taken as it stands; between double
quotes too, but that a backslash takes the next character as it stands there. Outside of quotes a
backslash does that as well. Quotes may begin and end within a word, and '' is an empty word.
"""


class Unfinished(ValueError):
    """A quote that is not closed, or a backslash with nothing after it."""


def split(line):
    """The list of words of a line; raises Unfinished."""
    words = []
    word = None  # None between words
    quote = ""
    i = 0
    while i < len(line):
        c = line[i]
        if c == "\\" and quote != "'":
            i += 1
            if i == len(line):
                raise Unfinished("nothing after the backslash")
            word = (word or "") + line[i]
        elif quote:
            if c == quote:
                quote = ""
            else:
                word += c
        elif c in "'\"":
            quote = c
            word = word or ""
        elif c.isspace():
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + c
        i += 1
    if quote:
        raise Unfinished(f"no closing {quote}")
    if word is not None:
        words.append(word)
    return words


def join(words):
    """A line that split() turns into the words again."""
    return " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
