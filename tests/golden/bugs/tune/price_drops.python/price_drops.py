"""Figures about a series of prices."""


def largest_drop(prices):
    """The largest fall from a price to any later one, 0 if prices never fall."""
    peak = None
    drop = 0
    for price in prices:
        if peak is None or price > peak:
            peak = price
        drop = max(drop, peak - price)
    return drop


def highest_change(changes):
    """The greatest of the changes, all of which may be negative; None for an empty list."""
    if not changes:
        return None
    best = 0
    for change in changes[1:]:
        if change > best:
            best = change
    return best


def changes(prices):
    """Differences of neighbours, one fewer than the prices."""
    return [later - earlier for earlier, later in zip(prices, prices[1:])]
