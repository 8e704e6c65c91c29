const test = require("node:test");
const assert = require("node:assert");
const { compare, sorted, fits } = require("./version_order.js");

test("numbers are no texts", () => {
  assert.ok(compare("1.10.0", "1.9.3") > 0);
});

test("a tag comes before the release", () => {
  assert.deepStrictEqual(sorted(["2.0.0", "2.0.0-rc1", "1.9.9"]), ["1.9.9", "2.0.0-rc1", "2.0.0"]);
});

test("newer ones fit", () => {
  assert.ok(fits("1.4.0", "^1.2.3") && !fits("2.0.0", "^1.2.3") && !fits("1.2.2", "^1.2.3"));
});

test("the very same fits", () => {
  assert.ok(fits("1.2.3", "^1.2.3"));
});

test("below 1", () => {
  assert.ok(fits("0.2.9", "^0.2.3") && !fits("0.3.0", "^0.2.3"));
});
