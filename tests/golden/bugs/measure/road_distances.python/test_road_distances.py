import unittest

from road_distances import Roads


class RoadsTest(unittest.TestCase):
    def setUp(self):
        self.roads = Roads()
        self.roads.add_one_way("A", "B", 4)
        self.roads.add_one_way("A", "C", 1)
        self.roads.add_one_way("C", "B", 2)
        self.roads.add("B", "D", 5)

    def test_the_detour_is_shorter(self):
        self.assertEqual(self.roads.distance("A", "B"), 3)

    def test_no_way_back(self):
        self.assertIsNone(self.roads.distance("B", "A"))

    def test_all_distances(self):
        self.assertEqual(self.roads.distances("A"), {"A": 0, "C": 1, "B": 3, "D": 8})

    def test_round_trip(self):
        self.assertEqual(self.roads.round_trip("B", "D"), 10)


if __name__ == "__main__":
    unittest.main()
