import unittest

from stock_ledger import Ledger


class LedgerTest(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        self.ledger.put("A1", "bolt", 10)
        self.ledger.put("B2", "bolt", 5)

    def test_total_over_shelves(self):
        self.assertEqual(self.ledger.total("bolt"), 15)

    def test_take_too_many(self):
        with self.assertRaises(ValueError):
            self.ledger.take("A1", "bolt", 11)
        self.assertEqual(self.ledger.amount("A1", "bolt"), 10)

    def test_take_all(self):
        self.ledger.take("B2", "bolt", 5)
        self.assertEqual(self.ledger.amount("B2", "bolt"), 0)

    def test_move_keeps_the_total(self):
        self.ledger.move("bolt", 4, "A1", "B2")
        self.assertEqual(self.ledger.amount("A1", "bolt"), 6)
        self.assertEqual(self.ledger.amount("B2", "bolt"), 9)
        self.assertEqual(self.ledger.total("bolt"), 15)


if __name__ == "__main__":
    unittest.main()
