import unittest

from circle_geometry import area, distance, relation


class CircleTest(unittest.TestCase):
    def test_area(self):
        self.assertAlmostEqual(area((5, 5, 2)), 12.566370614359172)
        self.assertEqual(area((1, 2, 0)), 0)

    def test_distance(self):
        self.assertEqual(distance((1, 1, 9), (4, 5, 9)), 5)

    def test_relation(self):
        self.assertEqual(relation((0, 0, 1), (3, 0, 1)), "apart")
        self.assertEqual(relation((0, 0, 1), (3, 4, 4)), "touching")
        self.assertEqual(relation((0, 0, 2), (3, 0, 2)), "crossing")
        self.assertEqual(relation((0, 0, 5), (1, 0, 1)), "inside")
        self.assertEqual(relation((1, 0, 1), (0, 0, 2)), "inside")
        self.assertEqual(relation((1, 1, 1), (1, 1, 1)), "inside")


if __name__ == "__main__":
    unittest.main()
