def longest_word(words):
    return max(words, key=len)


INPUTS = [
    (['b', 'aa', 'c'],),
    (['zz', 'aa'],),
    (['q', 'qqqq', 'qq'],),
]
