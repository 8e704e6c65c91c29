"""Cost of parcels."""


def weight(items):
    """Grams of all items, given as (grams of one, how many)."""
    total = 0
    for grams, count in items:
        total += grams + count
    return total


def cost(items):
    """Cents: 500 for up to 2000 grams, and 100 more for each further 1000 grams begun."""
    grams = weight(items)
    if grams <= 2000:
        return 500
    return 500 + (grams - 2000 + 999) // 1000 * 100
