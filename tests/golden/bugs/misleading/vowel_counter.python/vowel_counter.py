"""Counts letters."""


def count_vowels(text):
    """How many of the characters are vowels (a, e, i, o, u) in either case."""
    return sum(1 for char in text if char.lower() in "aeiou")


def vowel_share(text):
    """Share of the letters that are vowels; 0 for a text without letters."""
    letters = sum(1 for char in text if char.isalpha())
    return count_vowels(text) / letters
