import unittest

from shipping_cost import cost, weight


class ShippingTest(unittest.TestCase):
    def test_weights(self):
        self.assertEqual(weight([(100, 3)]), 300)
        self.assertEqual(weight([(100, 0), (7, 1)]), 7)
        self.assertEqual(weight([(10, 1), (20, 2), (30, 3)]), 140)

    def test_costs(self):
        for count in range(0, 60):
            grams = 100 * count
            expected = 500 if grams <= 2000 else 500 + -(-(grams - 2000) // 1000) * 100
            self.assertEqual(cost([(100, count)]), expected)


if __name__ == "__main__":
    unittest.main()
