import unittest

from order_totals import by_customer, order_total, sold

TEA = {"article": "tea", "price": 350, "count": 2}
CUP = {"article": "cup", "price": 999, "count": 1}


class OrdersTest(unittest.TestCase):
    def test_total(self):
        self.assertEqual(order_total({"customer": "Ann", "lines": [TEA, CUP]}), 1699)

    def test_coupon(self):
        self.assertEqual(order_total({"customer": "Ann", "lines": [CUP], "coupon": 10}), 899)

    def test_customers(self):
        orders = [{"customer": name, "lines": [TEA]} for name in ("Ann", "Bob", "Ann")]
        self.assertEqual(by_customer(orders), {"Ann": 1400, "Bob": 700})

    def test_sold_in_one_order(self):
        self.assertEqual(sold([{"customer": "Ann", "lines": [TEA, CUP]}]), {"tea": 2, "cup": 1})

    def test_sold_in_two_orders(self):
        orders = [{"customer": "Ann", "lines": [TEA, CUP]}, {"customer": "Bob", "lines": [TEA]}]
        self.assertEqual(sold(orders), {"tea": 4, "cup": 1})


if __name__ == "__main__":
    unittest.main()
