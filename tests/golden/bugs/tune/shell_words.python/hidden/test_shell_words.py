import unittest

from shell_words import Unfinished, join, split


class Words(unittest.TestCase):
    def test_quotes(self):
        cases = {
            r"'a\b'": [r"a\b"],
            r"'\\'": [r"\\"],
            r"'\'": ["\\"],
            r'"a\"b"': ['a"b'],
            r'"a\\b"': [r"a\b"],
            r"a\ b": ["a b"],
            r"\'a": ["'a"],
            r"''": [""],
            r"a'' ''b": ["a", "b"],
            '"it\'s"': ["it's"],
            "'a\"b'": ['a"b'],
            r"\\": ["\\"],
            " ": [],
            "a\tb\n c": ["a", "b", "c"],
        }
        for line, words in cases.items():
            self.assertEqual(split(line), words, line)

    def test_unfinished(self):
        for line in ("'", '"', "a\\", '"\\"', "'a\\''b", '"a'):
            with self.assertRaises(Unfinished):
                split(line)

    def test_back_again(self):
        words = ["a", "", "it's", "\\", "\\'", "''", 'say "x"', "a b", "\\n\\"]
        self.assertEqual(split(join(words)), words)
