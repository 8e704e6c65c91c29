import unittest

from shell_words import Unfinished, join, split


class Split(unittest.TestCase):
    def test_white_space(self):
        self.assertEqual(split("  cp a.txt\tb.txt "), ["cp", "a.txt", "b.txt"])
        self.assertEqual(split(""), [])

    def test_quotes(self):
        self.assertEqual(split("""say 'a b' "c d"e"""), ["say", "a b", "c de"])
        self.assertEqual(split("''"), [""])

    def test_backslash(self):
        self.assertEqual(split(r'a\ b "\""'), ["a b", '"'])

    def test_backslash_between_single_quotes(self):
        self.assertEqual(split(r"grep '\.py$' '\\'"), ["grep", r"\.py$", r"\\"])

    def test_unfinished(self):
        for line in ("'a", '"', "\\"):
            with self.assertRaises(Unfinished):
                split(line)

    def test_join(self):
        self.assertEqual(split(join(["a b", "it's"])), ["a b", "it's"])
