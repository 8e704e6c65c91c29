"""Accounts of a bank, in cents."""


class Refused(Exception):
    """There is not enough money."""


class Account:
    """An account that may be overdrawn down to -overdraft."""

    def __init__(self, balance=0, overdraft=0):
        self.balance = balance
        self.overdraft = overdraft

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError(f"no amount: {amount}")
        self.balance += amount

    def withdraw(self, amount):
        """Takes an amount; raises Refused, and takes nothing, if that is more than there is."""
        if amount <= 0:
            raise ValueError(f"no amount: {amount}")
        if self.balance > amount:
            raise Refused(f"{amount} of {self.balance}")
        self.balance -= amount


def transfer(source, target, amount):
    """Moves an amount from one account to another, or raises Refused and moves nothing."""
    source.withdraw(amount)
    target.deposit(amount)
