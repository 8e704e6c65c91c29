import unittest

from shipping_cost import cost, weight


class ShippingTest(unittest.TestCase):
    def test_nothing(self):
        self.assertEqual(weight([]), 0)

    def test_pairs_of_light_things(self):
        self.assertEqual(weight([(2, 2)]), 4)

    def test_light_parcel(self):
        self.assertEqual(cost([(1999, 1)]), 500)

    def test_heavy_parcel(self):
        self.assertEqual(cost([(2500, 1)]), 600)


if __name__ == "__main__":
    unittest.main()
