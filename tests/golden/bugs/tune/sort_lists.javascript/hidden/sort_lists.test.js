const test = require("node:test");
const assert = require("node:assert");
const { insertionSort, merge } = require("./sort_lists.js");

test("all lists of up to five digits", () => {
  for (let length = 0; length <= 5; length++) {
    for (let n = 0; n < 4 ** length; n++) {
      const list = Array.from({ length }, (_, i) => Math.floor(n / 4 ** i) % 4);
      const expected = [...list].sort((a, b) => a - b);
      assert.strictEqual(insertionSort(list), list);
      assert.deepStrictEqual(list, expected);
    }
  }
});

test("merge", () => {
  assert.deepStrictEqual(merge([], []), []);
  assert.deepStrictEqual(merge([1], []), [1]);
  assert.deepStrictEqual(merge([], [2, 2]), [2, 2]);
  assert.deepStrictEqual(merge([1, 1, 5], [0, 1, 6]), [0, 1, 1, 1, 5, 6]);
});
