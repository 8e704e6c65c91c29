const test = require("node:test");
const assert = require("node:assert");
const { convert } = require("./temperature_scale.js");

test("to Fahrenheit", () => {
  assert.strictEqual(convert("100C", "F"), 212);
});

test("from Fahrenheit", () => {
  assert.strictEqual(convert("212F", "C"), 100);
  assert.strictEqual(convert("-40 F", "C"), -40);
});

test("Kelvin", () => {
  assert.strictEqual(convert("0K", "C"), -273.15);
});

test("nonsense", () => {
  assert.throws(() => convert("warm", "C"), /cannot convert/);
});
