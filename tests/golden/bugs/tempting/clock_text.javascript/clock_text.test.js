const test = require("node:test");
const assert = require("node:assert");
const { twelveHours, later } = require("./clock_text.js");

test("in the morning", () => {
  assert.strictEqual(twelveHours("09:05"), "9:05 AM");
  assert.strictEqual(twelveHours("11:59"), "11:59 AM");
});

test("at noon", () => {
  assert.strictEqual(twelveHours("12:30"), "12:30 PM");
});

test("later times", () => {
  assert.strictEqual(later("09:50", 15), "10:05");
  assert.strictEqual(later("23:59", 2), "00:01");
});
