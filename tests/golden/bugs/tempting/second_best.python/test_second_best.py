import unittest

from second_best import podium, ranks, second_best


class Competition(unittest.TestCase):
    def test_two_results(self):
        self.assertEqual(second_best([3, 8]), 3)

    def test_too_few_results(self):
        self.assertIsNone(second_best([]))
        self.assertIsNone(second_best([4]))

    def test_the_best_came_twice(self):
        self.assertEqual(second_best([9, 5, 9]), 5)

    def test_ranks(self):
        self.assertEqual(ranks([7, 9, 7]), [2, 1, 2])

    def test_podium(self):
        self.assertEqual(podium(["a", "b", "c", "d"], [1, 4, 3, 2]), ["b", "c", "d"])
