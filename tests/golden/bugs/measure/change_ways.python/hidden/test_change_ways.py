import itertools
import unittest

from change_ways import fewest, ways


def payments(amount, coins):
    counts = [range(amount // coin + 1) for coin in coins]
    return [c for c in itertools.product(*counts)
            if sum(n * coin for n, coin in zip(c, coins)) == amount]


class ChangeTest(unittest.TestCase):
    def test_against_all_payments(self):
        for coins in ([1], [2], [1, 2], [2, 3], [1, 2, 5], [4, 6, 9]):
            for amount in range(0, 21):
                found = payments(amount, coins)
                self.assertEqual(ways(amount, coins), len(found), (amount, coins))
                least = min(map(sum, found), default=None)
                self.assertEqual(fewest(amount, coins), least, (amount, coins))

    def test_no_coins(self):
        self.assertEqual(ways(0, []), 1)
        self.assertEqual(ways(3, []), 0)
        self.assertIsNone(fewest(3, []))

    def test_negative(self):
        self.assertEqual(ways(-1, [1, 2]), 0)


if __name__ == "__main__":
    unittest.main()
