const test = require("node:test");
const assert = require("node:assert");
const { convert } = require("./temperature_scale.js");

test("fixed points", () => {
  const points = [[-40, -40, 233.15], [0, 32, 273.15], [100, 212, 373.15], [37, 98.6, 310.15]];
  for (const [c, f, k] of points) {
    const values = { C: c, F: f, K: k };
    for (const from of "CFK") {
      for (const to of "CFK") {
        assert.strictEqual(convert(values[from] + from, to), values[to], `${from} to ${to}`);
      }
    }
  }
});

test("rounding", () => {
  assert.strictEqual(convert("33F", "C"), 0.56);
  assert.strictEqual(convert("0F", "K"), 255.37);
});

test("nonsense", () => {
  for (const text of ["", "C", "5", "5X", "1.C", "--1C"]) assert.throws(() => convert(text, "C"));
  assert.throws(() => convert("1C", "X"));
});
