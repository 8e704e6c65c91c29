const test = require("node:test");
const assert = require("node:assert");
const { uniqueNames } = require("./unique_names.js");

test("several equal names", () => {
  assert.deepStrictEqual(uniqueNames(["x", "x", "x", "x"]), ["x", "x (2)", "x (3)", "x (4)"]);
});

test("names that are taken", () => {
  assert.deepStrictEqual(uniqueNames(["a.c", "a (2).c", "a.c", "a.c"]),
    ["a.c", "a (2).c", "a (3).c", "a (4).c"]);
});

test("extensions", () => {
  assert.deepStrictEqual(uniqueNames([".rc", ".rc", "t.tar.gz", "t.tar.gz"]),
    [".rc", ".rc (2)", "t.tar.gz", "t.tar (2).gz"]);
  assert.deepStrictEqual(uniqueNames([]), []);
});
