import itertools
import unittest

from run_lengths import decode, encode, longest_run


class RunLengthsTest(unittest.TestCase):
    def test_all_short_texts(self):
        for length in range(0, 7):
            for letters in itertools.product("ab", repeat=length):
                text = "".join(letters)
                expected = [(c, len(list(run))) for c, run in itertools.groupby(text)]
                self.assertEqual(encode(text), expected)
                self.assertEqual(decode(encode(text)), text)

    def test_longest(self):
        self.assertIsNone(longest_run(""))
        self.assertEqual(longest_run("z"), ("z", 1))
        self.assertEqual(longest_run("aabbc"), ("a", 2))
        self.assertEqual(longest_run("abccc"), ("c", 3))

    def test_decode_keeps_order(self):
        self.assertEqual(decode([("a", 1), ("b", 2), ("a", 3)]), "abbaaa")


if __name__ == "__main__":
    unittest.main()
