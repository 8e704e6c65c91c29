const test = require("node:test");
const assert = require("node:assert");
const { compare, sorted, fits } = require("./version_order.js");

test("what fits", () => {
  const cases = [
    ["1.2.3", "^1.2.3", true], ["1.2.4", "^1.2.3", true], ["1.2.2", "^1.2.3", false],
    ["1.0.0", "^1.0.0", true], ["1.3.0-beta", "^1.2.3", false], ["2.1.0", "^1.9.0", false],
    ["0.2.3", "^0.2.3", true], ["0.2.2", "^0.2.3", false], ["0.0.3", "^0.0.3", true],
    ["0.0.4", "^0.0.3", false], ["0.0.0", "^0.0.0", true], ["0.0.1", "^0.0.0", false],
    ["1.2.3", "^1.2.3-rc", true], ["10.0.0", "^1.0.0", false],
  ];
  for (const [version, range, expected] of cases) {
    assert.strictEqual(fits(version, range), expected, `${version} ${range}`);
  }
});

test("order", () => {
  const order = ["0.0.1", "0.1.0", "1.0.0-a", "1.0.0-b", "1.0.0", "1.0.1", "1.2.0", "1.11.0"];
  assert.deepStrictEqual(sorted([...order].reverse()), order);
  for (const version of order) assert.strictEqual(compare(version, version), 0);
});

test("no versions", () => {
  for (const text of ["1", "1.2", "1.2.x", "v1.2.3", "1.2.3-"]) {
    assert.throws(() => compare(text, "1.0.0"), /not a version/);
  }
});
