"""Searches in texts."""


def find_all(text, word):
    """Positions of all occurrences of a word, overlapping ones too; none of an empty word."""
    if not word:
        return []
    found = []
    position = text.find(word)
    while position >= 0:
        found.append(position)
        position = text.find(word, position + len(word))
    return found


def count_lines_with(text, word):
    """The number of lines that hold the word."""
    return sum(1 for line in text.split("\n") if word in line)
