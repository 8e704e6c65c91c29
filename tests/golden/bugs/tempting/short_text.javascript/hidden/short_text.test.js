const test = require("node:test");
const assert = require("node:assert");
const { shorten, list } = require("./short_text.js");

test("any limit", () => {
  const text = "abcdefghij";
  for (let limit = 1; limit < 10; limit++) {
    const short = shorten(text, limit);
    assert.strictEqual(short.length, limit);
    assert.strictEqual(short, text.substring(0, limit - 1) + "…");
  }
  assert.strictEqual(shorten(text, 10), text);
  assert.strictEqual(shorten(text, 11), text);
});

test("a list of long names", () => {
  assert.strictEqual(list(["a/b/c/abcdefgh", "abcdefgh"], 5), "a/…/…\nabcd…");
});
