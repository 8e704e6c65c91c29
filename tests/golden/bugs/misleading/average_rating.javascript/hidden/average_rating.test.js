const test = require("node:test");
const assert = require("node:assert");
const { average, textsFrom } = require("./average_rating.js");

test("missing stars anywhere", () => {
  assert.strictEqual(average([{}, { stars: 2 }, {}, { stars: 5 }, {}]), 3.5);
  assert.strictEqual(average([{ stars: 1 }, { stars: 3 }, {}]), 2);
  assert.strictEqual(average([{}, { stars: 4 }]), 4);
});

test("no stars at all", () => {
  assert.strictEqual(average([{ text: "a" }, { text: "b" }]), null);
});

test("texts", () => {
  assert.deepStrictEqual(textsFrom([{ text: "x" }, { stars: 1, text: "y" }], 1), ["y"]);
});
