"""Discounts of a shop."""


def discount(total):
    """The part that is taken off an order of a total in euros, which may have cents.

    From 100 euros on it is a tenth, from 50 euros on a twentieth, below that nothing.
    """
    if total > 100:
        return 0.1
    if total >= 50:
        return 0.05
    return 0


def to_pay(prices):
    """What an order of these prices costs after the discount, rounded to cents."""
    total = sum(prices)
    return round(total * (1 - discount(total)), 2)
