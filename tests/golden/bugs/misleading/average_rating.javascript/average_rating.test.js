const test = require("node:test");
const assert = require("node:assert");
const { average, textsFrom } = require("./average_rating.js");

test("mean", () => {
  assert.strictEqual(average([{ stars: 4 }, { stars: 5 }]), 4.5);
});

test("no reviews", () => {
  assert.strictEqual(average([]), null);
});

test("a review without stars", () => {
  assert.strictEqual(average([{ stars: 3, text: "fine" }, { text: "hm" }]), 3);
});

test("texts", () => {
  assert.deepStrictEqual(textsFrom([{ stars: 5, text: "a" }, { stars: 2, text: "b" }], 3), ["a"]);
});
