const test = require("node:test");
const assert = require("node:assert");
const { gap, move, solve } = require("./board_moves.js");

test("moves in all directions", () => {
  const board = [[1, 2, 3], [4, 0, 5], [6, 7, 8]];
  const text = JSON.stringify(board);
  assert.deepStrictEqual(move(board, "up"), [[1, 0, 3], [4, 2, 5], [6, 7, 8]]);
  assert.deepStrictEqual(move(board, "down"), [[1, 2, 3], [4, 7, 5], [6, 0, 8]]);
  assert.deepStrictEqual(move(board, "left"), [[1, 2, 3], [0, 4, 5], [6, 7, 8]]);
  assert.deepStrictEqual(move(board, "right"), [[1, 2, 3], [4, 5, 0], [6, 7, 8]]);
  assert.strictEqual(JSON.stringify(board), text);
});

test("ways are as short as can be, and lead there", () => {
  const goal = [[1, 2], [3, 0]];
  const cases = [[[[1, 2], [0, 3]], 1], [[[0, 2], [1, 3]], 2], [[[3, 1], [2, 0]], 4]];
  for (const [start, length] of cases) {
    const path = solve(start, goal);
    assert.strictEqual(path.length, length);
    assert.deepStrictEqual(path.reduce(move, start), goal);
  }
});

test("no way", () => {
  assert.strictEqual(solve([[2, 1], [3, 0]], [[1, 2], [3, 0]]), null);
});

test("changing a result does not change the board", () => {
  const board = [[0, 1], [2, 3]];
  move(board, "right")[1][1] = 9;
  assert.deepStrictEqual(board, [[0, 1], [2, 3]]);
  assert.deepStrictEqual(gap(board), [0, 0]);
});
