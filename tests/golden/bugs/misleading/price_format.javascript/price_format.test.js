const test = require("node:test");
const assert = require("node:assert");
const { formatCents, formatSum } = require("./price_format.js");

test("thousands", () => {
  assert.strictEqual(formatCents(123450), "1,234.50");
  assert.strictEqual(formatCents(5), "0.05");
});

test("negative amounts", () => {
  assert.strictEqual(formatCents(-12345), "-123.45");
});

test("sums", () => {
  assert.strictEqual(formatSum([100, 250]), "3.50");
});
