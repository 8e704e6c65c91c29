import unittest

from name_format import initials, shorten, sort_key


class NameTest(unittest.TestCase):
    def test_keys(self):
        self.assertEqual(sort_key("Ada King Lovelace"), "Lovelace, Ada King")
        self.assertEqual(sort_key(" John  von  Neumann "), "Neumann, John von")
        self.assertEqual(sort_key("A B C D"), "D, A B C")
        self.assertEqual(sort_key("x y"), "y, x")
        self.assertEqual(sort_key(""), "")

    def test_the_rest(self):
        self.assertEqual(initials(""), "")
        self.assertEqual(shorten("ab", 1), "~")


if __name__ == "__main__":
    unittest.main()
