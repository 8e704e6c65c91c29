import unittest

from ticket_price import family, price


class TicketTest(unittest.TestCase):
    def test_small_children(self):
        self.assertEqual(price(5), 0)

    def test_young_people(self):
        self.assertEqual(price(6), 300)
        self.assertEqual(price(17), 300)

    def test_adults(self):
        self.assertEqual(price(40), 600)

    def test_old_people(self):
        self.assertEqual(price(66), 400)
        self.assertEqual(price(80), 400)

    def test_families(self):
        self.assertEqual(family([40, 40, 3]), 1200)
        self.assertEqual(family([40, 40, 10, 8, 4]), 1440)


if __name__ == "__main__":
    unittest.main()
