import unittest

from bank_account import Account, Refused, transfer


class Accounts(unittest.TestCase):
    def test_deposit(self):
        account = Account(5)
        account.deposit(10)
        self.assertEqual(account.balance, 15)

    def test_amounts_are_above_nothing(self):
        for amount in (0, -3):
            with self.assertRaises(ValueError):
                Account(10).withdraw(amount)

    def test_everything_is_taken(self):
        account = Account(100)
        account.withdraw(100)
        self.assertEqual(account.balance, 0)

    def test_an_overdraft(self):
        account = Account(20, overdraft=50)
        account.withdraw(60)
        self.assertEqual(account.balance, -40)

    def test_transfer(self):
        source, target = Account(9), Account()
        transfer(source, target, 9)
        self.assertEqual((source.balance, target.balance), (0, 9))
