const test = require("node:test");
const assert = require("node:assert");
const { Row } = require("./slot_booking.js");

test("all states of a row of five", () => {
  for (let state = 0; state < 32; state++) {
    for (let size = 1; size <= 6; size++) {
      const row = new Row(5);
      const before = [];
      for (let i = 0; i < 5; i++) {
        before.push((state >> i) & 1 ? "x" : ".");
        row.taken[i] = before[i] === "x";
      }
      const at = before.join("").indexOf(".".repeat(size));
      const seats = row.book(size);
      if (at < 0) {
        assert.strictEqual(seats, null);
        assert.strictEqual(row.toString(), before.join(""));
      } else {
        assert.deepStrictEqual(seats, Array.from({ length: size }, (_, i) => at + 1 + i));
        before.fill("x", at, at + size);
        assert.strictEqual(row.toString(), before.join(""));
      }
    }
  }
});

test("a whole row", () => {
  const row = new Row(3);
  assert.deepStrictEqual(row.book(3), [1, 2, 3]);
  assert.strictEqual(row.book(1), null);
  row.release(3);
  assert.deepStrictEqual(row.book(1), [3]);
});
