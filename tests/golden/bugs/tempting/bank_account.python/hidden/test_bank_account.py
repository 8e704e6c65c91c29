import unittest

from bank_account import Account, Refused, transfer


class Accounts(unittest.TestCase):
    def test_every_amount(self):
        for balance in range(-3, 8):
            for overdraft in range(3, 6):
                for amount in range(1, 16):
                    account = Account(balance, overdraft)
                    if amount <= balance + overdraft:
                        account.withdraw(amount)
                        self.assertEqual(account.balance, balance - amount)
                        continue
                    with self.assertRaises(Refused):
                        account.withdraw(amount)
                    self.assertEqual(account.balance, balance)

    def test_without_an_overdraft(self):
        with self.assertRaises(Refused):
            Account(10).withdraw(11)
        account = Account(10)
        account.withdraw(4)
        self.assertEqual(account.balance, 6)

    def test_a_transfer_that_is_refused(self):
        source, target = Account(5, 5), Account(1)
        with self.assertRaises(Refused):
            transfer(source, target, 11)
        self.assertEqual((source.balance, target.balance), (5, 1))
