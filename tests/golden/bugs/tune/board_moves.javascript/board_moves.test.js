const test = require("node:test");
const assert = require("node:assert");
const { gap, move, solve } = require("./board_moves.js");

test("where the gap is", () => {
  assert.deepStrictEqual(gap([[1, 2], [0, 3]]), [1, 0]);
});

test("beyond the border", () => {
  assert.strictEqual(move([[0, 1]], "up"), null);
  assert.strictEqual(move([[0, 1]], "left"), null);
});

test("solved already", () => {
  assert.deepStrictEqual(solve([[1, 0]], [[1, 0]]), []);
});

test("two moves", () => {
  assert.deepStrictEqual(solve([[0, 1, 2]], [[1, 2, 0]]), ["right", "right"]);
});

test("a move gives a new board", () => {
  const board = [[1, 2], [0, 3]];
  assert.deepStrictEqual(move(board, "right"), [[1, 2], [3, 0]]);
  assert.deepStrictEqual(board, [[1, 2], [0, 3]]);
});
