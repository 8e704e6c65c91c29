import unittest

from binary_search import count_between, index_of, lower_bound


class BinarySearchTest(unittest.TestCase):
    def test_gap(self):
        self.assertEqual(lower_bound([1, 3, 5], 4), 2)

    def test_past_the_end(self):
        self.assertEqual(lower_bound([1, 3, 5], 9), 3)

    def test_absent(self):
        self.assertEqual(index_of([1, 3, 5], 2), -1)

    def test_first_of_equal_elements(self):
        self.assertEqual(index_of([1, 3, 3, 3, 5], 3), 1)

    def test_empty_range(self):
        self.assertEqual(count_between([1, 2, 3], 3, 1), 0)


if __name__ == "__main__":
    unittest.main()
