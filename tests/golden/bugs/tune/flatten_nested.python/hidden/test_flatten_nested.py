import unittest

from flatten_nested import depth, flatten


class FlattenTest(unittest.TestCase):
    def test_flatten(self):
        self.assertEqual(flatten(7), [7])
        self.assertEqual(flatten([]), [])
        self.assertEqual(flatten([[[]], []]), [])
        self.assertEqual(flatten([1]), [1])
        self.assertEqual(flatten([[1], 2, [[3]], [], 4]), [1, 2, 3, 4])
        self.assertEqual(flatten(["ab", [None, 0, ""]]), ["ab", None, 0, ""])
        self.assertEqual(flatten([False, [True]]), [False, True])

    def test_input_is_left_alone(self):
        value = [1, [2, [3]]]
        flatten(value)
        self.assertEqual(value, [1, [2, [3]]])

    def test_depth(self):
        self.assertEqual(depth(3), 0)
        self.assertEqual(depth([[], [[], 1]]), 3)


if __name__ == "__main__":
    unittest.main()
