const test = require("node:test");
const assert = require("node:assert");
const { formatCents, formatSum } = require("./price_format.js");

test("negative amounts", () => {
  assert.strictEqual(formatCents(-5), "-0.05");
  assert.strictEqual(formatCents(-99), "-0.99");
  assert.strictEqual(formatCents(-100), "-1.00");
  assert.strictEqual(formatCents(-123456789), "-1,234,567.89");
});

test("others", () => {
  assert.strictEqual(formatCents(0), "0.00");
  assert.strictEqual(formatCents(100000000), "1,000,000.00");
  assert.strictEqual(formatSum([]), "0.00");
  assert.strictEqual(formatSum([50, -75]), "-0.25");
});
