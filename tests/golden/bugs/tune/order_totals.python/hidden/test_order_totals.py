import unittest

from order_totals import by_customer, order_total, sold


def order(*lines, customer="x", **more):
    return {"customer": customer, **more, "lines": [
        {"article": a, "price": p, "count": c} for a, p, c in lines]}


class OrdersTest(unittest.TestCase):
    def test_sold(self):
        orders = [order(("a", 1, 5), ("b", 1, 3)), order(("b", 2, 4)), order(),
                  order(("a", 9, 1), ("a", 8, 1), ("c", 0, 7))]
        self.assertEqual(sold(orders), {"a": 7, "b": 7, "c": 7})
        self.assertEqual(sold([]), {})

    def test_totals(self):
        self.assertEqual(order_total(order()), 0)
        self.assertEqual(order_total(order(("a", 33, 1), coupon=50)), 16)
        self.assertEqual(order_total(order(("a", 33, 3), coupon=100)), 0)

    def test_customers(self):
        orders = [order(("a", 10, 2), customer="p"), order(("a", 10, 1), customer="q"),
                  order(("b", 5, 1), customer="p", coupon=20)]
        self.assertEqual(by_customer(orders), {"p": 24, "q": 10})


if __name__ == "__main__":
    unittest.main()
