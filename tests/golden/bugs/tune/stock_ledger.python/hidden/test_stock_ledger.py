import unittest

from stock_ledger import Ledger


class LedgerTest(unittest.TestCase):
    def test_move_to_an_empty_shelf(self):
        ledger = Ledger()
        ledger.put("A", "nut", 3)
        ledger.move("nut", 2, "A", "C")
        self.assertEqual(ledger.amounts, {("A", "nut"): 1, ("C", "nut"): 2})

    def test_move_and_back(self):
        ledger = Ledger()
        ledger.put("x", "pin", 7)
        ledger.move("pin", 7, "x", "y")
        ledger.move("pin", 3, "y", "x")
        self.assertEqual(ledger.amount("x", "pin"), 3)
        self.assertEqual(ledger.amount("y", "pin"), 4)
        self.assertEqual(ledger.amount("pin", "y"), 0)

    def test_a_refused_move_changes_nothing(self):
        ledger = Ledger()
        ledger.put("x", "pin", 1)
        with self.assertRaises(ValueError):
            ledger.move("pin", 2, "x", "y")
        self.assertEqual(ledger.amount("x", "pin"), 1)
        self.assertEqual(ledger.amount("y", "pin"), 0)

    def test_articles_are_kept_apart(self):
        ledger = Ledger()
        ledger.put("x", "pin", 1)
        ledger.put("x", "nut", 2)
        ledger.move("nut", 1, "x", "z")
        self.assertEqual((ledger.total("pin"), ledger.total("nut")), (1, 2))


if __name__ == "__main__":
    unittest.main()
