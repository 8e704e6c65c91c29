import itertools
import unittest

from binary_search import count_between, index_of, lower_bound


class BinarySearchTest(unittest.TestCase):
    def test_against_a_plain_scan(self):
        for length in range(0, 6):
            for values in itertools.combinations_with_replacement(range(1, 6), length):
                values = list(values)
                for target in range(0, 8):
                    expected = sum(v < target for v in values)
                    self.assertEqual(lower_bound(values, target), expected)
                    first = values.index(target) if target in values else -1
                    self.assertEqual(index_of(values, target), first)
                for low in range(0, 7):
                    for high in range(0, 7):
                        count = sum(low <= v < high for v in values)
                        self.assertEqual(count_between(values, low, high), count)


if __name__ == "__main__":
    unittest.main()
