const test = require("node:test");
const assert = require("node:assert");
const { shorten, shortPath, list } = require("./short_text.js");

test("short enough", () => {
  assert.strictEqual(shorten("hello", 5), "hello");
  assert.strictEqual(shorten("", 1), "");
});

test("one too many", () => {
  assert.strictEqual(shorten("abcdef", 5), "abcd…");
});

test("paths", () => {
  assert.strictEqual(shortPath("home/ann/work/notes.txt"), "home/…/notes.txt");
  assert.strictEqual(shortPath("a/b/c"), "a/b/c");
});

test("a list", () => {
  assert.strictEqual(list(["a/b", "x/y/z/w"], 20), "a/b\nx/…/w");
});
