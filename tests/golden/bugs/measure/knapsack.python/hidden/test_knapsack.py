import itertools
import unittest

from knapsack import best_value, fits_exactly


def subsets(things):
    for count in range(len(things) + 1):
        yield from itertools.combinations(things, count)


class KnapsackTest(unittest.TestCase):
    def test_exact_sums(self):
        for weights in ([], [1], [2, 2], [3, 5, 7], [1, 4, 6, 9]):
            sums = {sum(chosen) for chosen in subsets(weights)}
            for capacity in range(0, 22):
                self.assertEqual(fits_exactly(weights, capacity), capacity in sums,
                                 (weights, capacity))

    def test_best_values(self):
        for items in ([], [(1, 1)], [(2, 3), (3, 4), (4, 5)], [(1, 9), (1, 0), (5, 5)]):
            for capacity in range(0, 11):
                expected = max(sum(v for _, v in chosen) for chosen in subsets(items)
                               if sum(w for w, _ in chosen) <= capacity)
                self.assertEqual(best_value(items, capacity), expected)


if __name__ == "__main__":
    unittest.main()
