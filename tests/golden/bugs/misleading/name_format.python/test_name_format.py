import unittest

from name_format import initials, shorten, sort_key


class NameTest(unittest.TestCase):
    def test_initials(self):
        self.assertEqual(initials("ada king lovelace"), "A.K.L.")

    def test_one_part(self):
        self.assertEqual(sort_key("Plato "), "Plato")

    def test_last_name_first(self):
        self.assertEqual(sort_key("Alan Turing"), "Turing, Alan")

    def test_shorten(self):
        self.assertEqual(shorten("Turing", 6), "Turing")
        self.assertEqual(shorten("Turing", 4), "Tur~")


if __name__ == "__main__":
    unittest.main()
