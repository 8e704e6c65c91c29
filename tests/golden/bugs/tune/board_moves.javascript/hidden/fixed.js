"use strict";

// A sliding puzzle: rows of numbers, with 0 for the gap.

const STEPS = { up: [-1, 0], down: [1, 0], left: [0, -1], right: [0, 1] };

/** [row, column] of the gap. */
function gap(board) {
  const row = board.findIndex((cells) => cells.includes(0));
  return [row, board[row].indexOf(0)];
}

/** The board after the gap moved, as a new board; null if it would leave the board. */
function move(board, direction) {
  const [row, column] = gap(board);
  const [newRow, newColumn] = [row + STEPS[direction][0], column + STEPS[direction][1]];
  if (board[newRow]?.[newColumn] === undefined) return null;
  const moved = board.map((cells) => [...cells]);
  moved[row][column] = board[newRow][newColumn];
  moved[newRow][newColumn] = 0;
  return moved;
}

/** Fewest moves from a board to another as a list of directions; null if there is no way. */
function solve(start, goal) {
  const seen = new Set([String(start)]);
  let layer = [{ board: start, path: [] }];
  while (layer.length > 0) {
    const next = [];
    for (const { board, path } of layer) {
      if (String(board) === String(goal)) return path;
      for (const direction of Object.keys(STEPS)) {
        const moved = move(board, direction);
        if (moved === null || seen.has(String(moved))) continue;
        seen.add(String(moved));
        next.push({ board: moved, path: [...path, direction] });
      }
    }
    layer = next;
  }
  return null;
}

module.exports = { gap, move, solve };
