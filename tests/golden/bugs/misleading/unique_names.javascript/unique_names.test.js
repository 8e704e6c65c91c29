const test = require("node:test");
const assert = require("node:assert");
const { uniqueNames } = require("./unique_names.js");

test("different names stay", () => {
  assert.deepStrictEqual(uniqueNames(["a.txt", "b.txt"]), ["a.txt", "b.txt"]);
});

test("equal names", () => {
  assert.deepStrictEqual(uniqueNames(["a.txt", "a.txt"]), ["a.txt", "a (2).txt"]);
});
