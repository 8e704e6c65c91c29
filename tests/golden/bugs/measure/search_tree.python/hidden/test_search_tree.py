import itertools
import unittest

from search_tree import build, height, in_order, smallest


class TreeTest(unittest.TestCase):
    def test_all_orders(self):
        for values in itertools.permutations([1, 2, 3, 4, 5]):
            tree = build(values)
            self.assertEqual(in_order(tree), [1, 2, 3, 4, 5])
            self.assertEqual(smallest(tree), 1)

    def test_height(self):
        self.assertEqual(height(None), 0)
        self.assertEqual(height(build([1, 2, 3])), 3)
        self.assertEqual(height(build([2, 1, 3])), 2)

    def test_smallest(self):
        self.assertIsNone(smallest(None))
        self.assertIsNone(smallest(build([])))
        self.assertEqual(smallest(build([0])), 0)
        self.assertEqual(smallest(build([3, 9])), 3)

    def test_twice(self):
        self.assertEqual(in_order(build([2, 2, 1, 2])), [1, 2])


if __name__ == "__main__":
    unittest.main()
