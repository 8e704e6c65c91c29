from vowel_counter import count_vowels, vowel_share


def test_texts_without_letters():
    for text in ("", " ", "123", "?!", "\n"):
        assert vowel_share(text) == 0
        assert count_vowels(text) == 0


def test_share():
    assert vowel_share("a1 b2") == 0.5
    assert vowel_share("AEIOU") == 1
    assert vowel_share("xyz") == 0
