const test = require("node:test");
const assert = require("node:assert");
const { distance, nearest } = require("./edit_distance.js");

function slow(a, b) {
  if (a === "" || b === "") return a.length + b.length;
  return Math.min(slow(a.slice(1), b) + 1, slow(a, b.slice(1)) + 1,
    slow(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1));
}

test("against the definition", () => {
  const texts = ["", "a", "b", "ab", "ba", "aab", "abab", "bbaa"];
  for (const a of texts) for (const b of texts) assert.strictEqual(distance(a, b), slow(a, b));
});

test("nearest", () => {
  assert.strictEqual(nearest("cat", [], 3), null);
  assert.strictEqual(nearest("cat", ["cart", "cut"], 1), "cart");
  assert.strictEqual(nearest("cat", ["dog", "cat"], 0), "cat");
  assert.strictEqual(nearest("cat", ["dogs"], 3), null);
});
