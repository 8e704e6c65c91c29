import unittest

from ticket_price import family, price


class TicketTest(unittest.TestCase):
    def test_every_age(self):
        for age in range(0, 110):
            expected = 0 if age < 6 else 300 if age < 18 else 600 if age < 65 else 400
            self.assertEqual(price(age), expected, age)

    def test_families(self):
        self.assertEqual(family([65] * 4), 1600)
        self.assertEqual(family([65] * 5), 1600)
        self.assertEqual(family([]), 0)


if __name__ == "__main__":
    unittest.main()
