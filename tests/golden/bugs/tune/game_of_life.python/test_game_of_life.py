import unittest

from game_of_life import empty, neighbours, parse, show, step


class LifeTest(unittest.TestCase):
    def test_text_and_back(self):
        self.assertEqual(show(parse(".#.\n##.")), ".#.\n##.")

    def test_neighbours_across_the_border(self):
        self.assertEqual(neighbours(parse("#..\n...\n..#"), 0, 0), 1)

    def test_nothing_comes_from_nothing(self):
        self.assertEqual(step(empty(3, 4)), [[0] * 4, [0] * 4, [0] * 4])

    def test_blinker(self):
        board = parse(".....\n..#..\n..#..\n..#..\n.....")
        self.assertEqual(show(step(board)), ".....\n.....\n.###.\n.....\n.....")


if __name__ == "__main__":
    unittest.main()
