import unittest

from game_of_life import empty, parse, show, step

GLIDER = ".#....\n..#...\n###...\n......\n......\n......"


class LifeTest(unittest.TestCase):
    def test_rows_are_independent(self):
        board = empty(2, 2)
        board[0][0] = 1
        self.assertEqual(board, [[1, 0], [0, 0]])
        self.assertEqual(empty(3, 1), [[0], [0], [0]])

    def test_block_stays(self):
        block = "....\n.##.\n.##.\n...."
        self.assertEqual(show(step(parse(block))), block)

    def test_glider_comes_round(self):
        board = parse(GLIDER)
        for _ in range(4):
            board = step(board)
        self.assertEqual(show(board), "......\n..#...\n...#..\n.###..\n......\n......")
        for _ in range(20):
            board = step(board)
        self.assertEqual(show(board), GLIDER)

    def test_the_old_board_is_left_alone(self):
        board = parse("....\n.#..\n.#..\n.#..")
        step(board)
        self.assertEqual(show(board), "....\n.#..\n.#..\n.#..")


if __name__ == "__main__":
    unittest.main()
