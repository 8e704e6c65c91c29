const test = require("node:test");
const assert = require("node:assert");
const { parse, integer, paging, lineRange } = require("./query_string.js");

test("integers", () => {
  assert.strictEqual(integer({ n: "12" }, "n", 0), 12);
  assert.strictEqual(integer({ n: "-7" }, "n", 0), -7);
  assert.strictEqual(integer({ n: "007" }, "n", 0), 7);
  for (const text of ["", "1.5", "x", "1e3", "0x10", " 1"]) {
    assert.strictEqual(integer({ n: text }, "n", 99), 99);
  }
  assert.strictEqual(integer({ n: ["1", "2"] }, "n", 3), 3);
  assert.strictEqual(integer({}, "n", 4), 4);
});

test("paging", () => {
  assert.deepStrictEqual(paging(parse("page=2")), { offset: 20, limit: 10 });
  assert.deepStrictEqual(paging(parse("page=2&limit=999")), { offset: 100, limit: 50 });
});

test("lines", () => {
  assert.deepStrictEqual(lineRange({ start: "100" }), { first: 100, last: 119 });
  assert.deepStrictEqual(lineRange({ count: "1" }), { first: 1, last: 1 });
});

test("parse", () => {
  assert.deepStrictEqual(parse(""), {});
  assert.deepStrictEqual(parse("a=b=c&d=1+2&e=%26"), { a: "b=c", d: "1 2", e: "&" });
  assert.deepStrictEqual(parse("x=1&x=2&x=3"), { x: ["1", "2", "3"] });
});
