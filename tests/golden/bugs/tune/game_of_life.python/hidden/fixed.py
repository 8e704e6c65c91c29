"""Conway's game of life on a board without edges: beyond each border is the opposite one."""


def empty(rows, columns):
    """A board of dead cells, as a list of rows of 0."""
    return [[0] * columns for _ in range(rows)]


def neighbours(board, row, column):
    """How many of the eight cells around are alive."""
    rows, columns = len(board), len(board[0])
    count = 0
    for dr in (-1, 0, 1):
        for dc in (-1, 0, 1):
            if (dr, dc) != (0, 0):
                count += board[(row + dr) % rows][(column + dc) % columns]
    return count


def step(board):
    """The next generation as a new board.

    A living cell goes on with two or three neighbours; a dead one comes alive with three.
    """
    rows, columns = len(board), len(board[0])
    following = empty(rows, columns)
    for r in range(rows):
        for c in range(columns):
            count = neighbours(board, r, c)
            following[r][c] = int(count == 3 or (count == 2 and board[r][c]))
    return following


def parse(text):
    """Board of lines with # for a living cell."""
    return [[int(char == "#") for char in line] for line in text.split()]


def show(board):
    """The text that `parse` reads, with . for a dead cell."""
    return "\n".join("".join(".#"[cell] for cell in row) for row in board)
