const test = require("node:test");
const assert = require("node:assert");
const { parse, paging, lineRange } = require("./query_string.js");

test("names and values", () => {
  assert.deepStrictEqual(parse("?a=1&b=x%20y&flag&a=2"), { a: ["1", "2"], b: "x y", flag: "" });
});

test("paging without parameters", () => {
  assert.deepStrictEqual(paging({}), { offset: 0, limit: 10 });
});

test("a page", () => {
  assert.deepStrictEqual(paging(parse("page=3&limit=20")), { offset: 60, limit: 20 });
});

test("lines without parameters", () => {
  assert.deepStrictEqual(lineRange({}), { first: 1, last: 20 });
});

test("lines", () => {
  assert.deepStrictEqual(lineRange(parse("start=10&count=5")), { first: 10, last: 14 });
});
