"""Counts words. Run as a program, it prints the most frequent ones of a sentence."""
import re
from collections import Counter


def words(text):
    """The words in lower case: runs of letters and apostrophes, from left to right."""
    return re.findall(r"[a-z']+", text.lower())


def most_frequent(text, count):
    """The `count` most frequent words as (word, times); of equally frequent ones the first in
    the alphabet comes first."""
    counts = Counter(words(text))
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:count]


def average_length(text):
    """Mean number of characters of a word, 0 if there are no words."""
    found = words(text)
    return sum(map(len, found)) / len(found) if found else 0


if __name__ == "__main__":
    for word, times in most_frequent("The cat saw the other cat, and the cat ran.", 2):
        print(word, times)
