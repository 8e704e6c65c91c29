from vowel_counter import count_vowels, vowel_share


def test_vowels_in_either_case():
    assert count_vowels("Audio Book") == 6


def test_share():
    assert vowel_share("banana!") == 0.5


def test_no_letters():
    assert vowel_share("") == 0
