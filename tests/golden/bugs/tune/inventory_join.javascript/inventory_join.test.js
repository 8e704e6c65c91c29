const test = require("node:test");
const assert = require("node:assert");
const { groupBy, join, sumBy } = require("./inventory_join.js");

test("groups", () => {
  const groups = groupBy([{ k: 1, v: "a" }, { k: 2, v: "b" }, { k: 1, v: "c" }], "k");
  assert.deepStrictEqual(groups.get(1).map((row) => row.v), ["a", "c"]);
});

test("sums", () => {
  const rows = [{ shop: "N", n: 2 }, { shop: "S", n: 5 }, { shop: "N", n: 1 }];
  assert.deepStrictEqual(sumBy(rows, "shop", "n"), { N: 3, S: 5 });
});

test("join by a key of the same name", () => {
  assert.deepStrictEqual(join([{ id: 1, a: 2 }], [{ id: 1, b: 3 }], "id", "id"),
    [{ id: 1, a: 2, b: 3 }]);
});

test("join by keys of different names", () => {
  const stock = [{ article: 1, count: 4 }, { article: 2, count: 9 }];
  assert.deepStrictEqual(join(stock, [{ id: 2, title: "cup" }], "article", "id"),
    [{ article: 2, count: 9, id: 2, title: "cup" }]);
});
