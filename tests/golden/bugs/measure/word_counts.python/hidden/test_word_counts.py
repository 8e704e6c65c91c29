import unittest

from word_counts import average_length, most_frequent, words


class WordsTest(unittest.TestCase):
    def test_words(self):
        self.assertEqual(words("Don't -- stop, 2 Times!"), ["don't", "stop", "times"])
        self.assertEqual(words(""), [])

    def test_most_frequent(self):
        self.assertEqual(most_frequent("b a b c a b", 2), [("b", 3), ("a", 2)])
        self.assertEqual(most_frequent("z y x", 2), [("x", 1), ("y", 1)])
        self.assertEqual(most_frequent("A a", 5), [("a", 2)])
        self.assertEqual(most_frequent("", 3), [])

    def test_average_length(self):
        self.assertEqual(average_length("a bb ccc"), 2)
        self.assertEqual(average_length("..."), 0)


if __name__ == "__main__":
    unittest.main()
