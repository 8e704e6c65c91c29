def ways(amount, coins):
    """Number of ways to pay `amount` with any number of each coin; the order does not count.

    There is one way to pay nothing, and none to pay a negative amount or to pay with no coins.

    >>> ways(4, [1, 2])
    3
    >>> ways(0, [5])
    1
    >>> ways(3, [2])
    0
    """
    if amount < 0 or not coins:
        return 0
    return ways(amount - coins[0], coins) + ways(amount, coins[1:])


def fewest(amount, coins):
    """The least number of coins that pay `amount`, or None if it cannot be paid.

    >>> fewest(6, [1, 3, 4])
    2
    >>> fewest(0, [3])
    0
    >>> fewest(5, [4]) is None
    True
    """
    best = [0] + [None] * amount
    for value in range(1, amount + 1):
        for coin in coins:
            if coin <= value and best[value - coin] is not None:
                if best[value] is None or best[value - coin] + 1 < best[value]:
                    best[value] = best[value - coin] + 1
    return best[amount]
