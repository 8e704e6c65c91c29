const test = require("node:test");
const assert = require("node:assert");
const { neighbours, peaks } = require("./grid_neighbours.js");

const grid = [[1, 2, 3], [4, 5, 6], [7, 8, 9]];

test("neighbours", () => {
  assert.deepStrictEqual(neighbours(grid, 1, 1).sort(), [2, 4, 6, 8]);
  assert.deepStrictEqual(neighbours(grid, 0, 0).sort(), [2, 4]);
  assert.deepStrictEqual(neighbours(grid, 2, 0).sort(), [4, 8]);
  assert.deepStrictEqual(neighbours(grid, 1, 2).sort(), [3, 5, 9]);
});

test("peaks", () => {
  assert.deepStrictEqual(peaks(grid), [[2, 2]]);
  assert.deepStrictEqual(peaks([[1, 5, 1, 4]]), [[0, 1], [0, 3]]);
  assert.deepStrictEqual(peaks([[2, 2]]), []);
  assert.deepStrictEqual(peaks([[9, 1], [1, 9]]), [[0, 0], [1, 1]]);
});
