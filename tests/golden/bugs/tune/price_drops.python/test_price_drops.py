import unittest

from price_drops import changes, highest_change, largest_drop


class PricesTest(unittest.TestCase):
    def test_drop_after_the_peak(self):
        self.assertEqual(largest_drop([3, 8, 2, 6]), 6)

    def test_rising_prices_do_not_drop(self):
        self.assertEqual(largest_drop([1, 2, 3]), 0)

    def test_changes(self):
        self.assertEqual(changes([5, 7, 4]), [2, -3])

    def test_highest_change(self):
        self.assertEqual(highest_change([-1, 4, 2]), 4)

    def test_highest_change_of_a_falling_series(self):
        self.assertEqual(highest_change(changes([9, 7, 6, 2])), -1)


if __name__ == "__main__":
    unittest.main()
