import itertools
import random
import unittest

from road_distances import Roads


class RoadsTest(unittest.TestCase):
    def test_against_floyd_and_warshall(self):
        for seed in range(30):
            numbers = random.Random(seed)
            towns = range(6)
            best = {(a, b): 0 if a == b else None for a in towns for b in towns}
            roads = Roads()

            def shorten(a, b, length):
                if best[a, b] is None or length < best[a, b]:
                    best[a, b] = length

            for town in towns:
                roads.add_one_way(town, town, 0)
            for _ in range(7):
                a, b = numbers.sample(towns, 2)
                length = numbers.randint(1, 9)
                shorten(a, b, length)
                if numbers.random() < 0.5:
                    roads.add(a, b, length)
                    shorten(b, a, length)
                else:
                    roads.add_one_way(a, b, length)
            for k, a, b in itertools.product(towns, repeat=3):
                if best[a, k] is not None and best[k, b] is not None:
                    shorten(a, b, best[a, k] + best[k, b])
            for (a, b), length in best.items():
                self.assertEqual(roads.distance(a, b), length)

    def test_one_way_round_trip(self):
        roads = Roads()
        roads.add_one_way("x", "y", 2)
        self.assertIsNone(roads.round_trip("x", "y"))
        roads.add_one_way("y", "x", 7)
        self.assertEqual(roads.round_trip("x", "y"), 9)

    def test_both_directions(self):
        roads = Roads()
        roads.add("x", "y", 3)
        self.assertEqual((roads.distance("x", "y"), roads.distance("y", "x")), (3, 3))
        self.assertEqual(len(roads.roads["x"]), 1)


if __name__ == "__main__":
    unittest.main()
