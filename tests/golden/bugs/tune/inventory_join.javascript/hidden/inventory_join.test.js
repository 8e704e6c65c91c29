const test = require("node:test");
const assert = require("node:assert");
const { join, sumBy } = require("./inventory_join.js");

test("many to many, in order", () => {
  const left = [{ x: 1, l: "a" }, { x: 2, l: "b" }, { x: 1, l: "c" }];
  const right = [{ y: 1, r: "p" }, { y: 3, r: "q" }, { y: 1, r: "s" }];
  assert.deepStrictEqual(join(left, right, "x", "y").map((row) => row.l + row.r),
    ["ap", "as", "cp", "cs"]);
});

test("outer", () => {
  const left = [{ x: 1 }, { x: 2 }];
  assert.deepStrictEqual(join(left, [{ y: 2, r: 5 }], "x", "y", true),
    [{ x: 1 }, { x: 2, y: 2, r: 5 }]);
  assert.deepStrictEqual(join(left, [], "x", "y", true), left);
  assert.deepStrictEqual(join(left, [], "x", "y"), []);
});

test("a left row with both keys", () => {
  const rows = join([{ id: 9, article: 1 }], [{ id: 1, t: "one" }, { id: 9, t: "nine" }],
    "article", "id");
  assert.deepStrictEqual(rows, [{ id: 1, article: 1, t: "one" }]);
});

test("sums", () => {
  assert.deepStrictEqual(sumBy([], "k", "n"), {});
  assert.deepStrictEqual(sumBy([{ k: "a", n: -1 }, { k: "a", n: 1 }], "k", "n"), { a: 0 });
});
