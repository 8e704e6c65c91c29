const test = require("node:test");
const assert = require("node:assert");
const { neighbours, peaks } = require("./grid_neighbours.js");

test("one cell", () => {
  assert.deepStrictEqual(neighbours([[5]], 0, 0), []);
  assert.deepStrictEqual(peaks([[5]]), [[0, 0]]);
});

test("a column", () => {
  assert.deepStrictEqual(neighbours([[1], [2], [3]], 1, 0), [1, 3]);
});

test("the last cell of a row", () => {
  assert.deepStrictEqual(neighbours([[1, 2], [3, 4]], 0, 1), [4, 1]);
});

test("a peak", () => {
  assert.deepStrictEqual(peaks([[1, 3], [2, 8]]), [[1, 1]]);
});

test("a valley between", () => {
  assert.deepStrictEqual(peaks([[5, 1], [2, 9]]), [[0, 0], [1, 1]]);
});
