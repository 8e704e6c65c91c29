"""Prices of tickets for a swimming pool, in cents."""

ADULT = 600


def price(age):
    """Children below 6 go free, those below 18 pay half, people from 65 on pay two thirds."""
    if age < 6:
        return 0
    if age < 18:
        return ADULT // 2
    if age >= 66:
        return ADULT * 2 // 3
    return ADULT


def family(ages):
    """Price for people who come together: the sum, but from five people on, a fifth less."""
    total = sum(price(age) for age in ages)
    return total * 4 // 5 if len(ages) >= 5 else total
