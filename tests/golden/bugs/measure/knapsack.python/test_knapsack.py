import unittest

from knapsack import best_value, fits_exactly


class KnapsackTest(unittest.TestCase):
    def test_two_light_things_beat_a_heavy_one(self):
        self.assertEqual(best_value([(3, 4), (2, 3), (2, 3)], 4), 6)

    def test_nothing_fits(self):
        self.assertEqual(best_value([(5, 10)], 4), 0)

    def test_each_thing_once(self):
        self.assertEqual(best_value([(1, 5)], 3), 5)

    def test_exact_sum(self):
        self.assertTrue(fits_exactly([3, 5, 7], 12))

    def test_no_exact_sum(self):
        self.assertFalse(fits_exactly([3, 5, 7], 11))


if __name__ == "__main__":
    unittest.main()
