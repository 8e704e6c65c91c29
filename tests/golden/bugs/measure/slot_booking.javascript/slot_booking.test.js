const test = require("node:test");
const assert = require("node:assert");
const { Row } = require("./slot_booking.js");

test("seats from the left", () => {
  const row = new Row(6);
  assert.deepStrictEqual(row.book(2), [1, 2]);
  assert.deepStrictEqual(row.book(3), [3, 4, 5]);
  assert.strictEqual(row.toString(), "xxxxx.");
});

test("too many", () => {
  assert.strictEqual(new Row(3).book(4), null);
});

test("a gap is used again", () => {
  const row = new Row(6);
  row.book(5);
  row.release(2);
  assert.deepStrictEqual(row.book(1), [2]);
});

test("the last seats", () => {
  const row = new Row(4);
  row.book(2);
  assert.deepStrictEqual(row.book(2), [3, 4]);
});

test("seats that do not exist", () => {
  const row = new Row(2);
  assert.ok(!row.isFree(0) && !row.isFree(3) && row.isFree(2));
});
