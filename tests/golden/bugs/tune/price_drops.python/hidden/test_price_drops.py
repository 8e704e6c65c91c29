import itertools
import unittest

from price_drops import changes, highest_change, largest_drop


class PricesTest(unittest.TestCase):
    def test_highest_change(self):
        for length in range(1, 5):
            for values in itertools.product(range(-3, 3), repeat=length):
                self.assertEqual(highest_change(list(values)), max(values))
        self.assertIsNone(highest_change([]))
        self.assertEqual(highest_change([-1000]), -1000)

    def test_largest_drop(self):
        for length in range(0, 5):
            for values in itertools.product(range(4), repeat=length):
                pairs = itertools.combinations(values, 2)
                expected = max([0] + [a - b for a, b in pairs])
                self.assertEqual(largest_drop(list(values)), expected)

    def test_changes(self):
        self.assertEqual(changes([1]), [])
        self.assertEqual(changes([]), [])


if __name__ == "__main__":
    unittest.main()
