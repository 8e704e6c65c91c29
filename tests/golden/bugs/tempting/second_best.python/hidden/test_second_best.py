import itertools
import unittest

from second_best import podium, second_best


class Competition(unittest.TestCase):
    def test_more_results(self):
        for points in itertools.product(range(4), repeat=4):
            below = [p for p in points if p < max(points)]
            self.assertEqual(second_best(list(points)), max(below) if below else None)

    def test_any_iterable(self):
        self.assertEqual(second_best(iter([1, 6, 2, 6])), 2)
        self.assertEqual(second_best((-1, -5)), -5)

    def test_podium(self):
        self.assertEqual(podium(["a", "b", "c", "d"], [5, 5, 4, 3]), ["a", "b", "c"])
        self.assertEqual(podium([], []), [])
