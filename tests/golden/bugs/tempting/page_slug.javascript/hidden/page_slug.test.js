const test = require("node:test");
const assert = require("node:assert");
const { slug, freeSlug } = require("./page_slug.js");

test("stretches of white space", () => {
  assert.strictEqual(slug("a  b   c"), "a-b-c");
  assert.strictEqual(slug("tab\tand\nline"), "tab-and-line");
  assert.strictEqual(slug("this, that"), "this-that");
});

test("other signs", () => {
  assert.strictEqual(slug("x-y z"), "x-y-z");
  assert.strictEqual(slug("What's up?"), "whats-up");
  assert.strictEqual(slug(""), "");
});

test("free slugs", () => {
  assert.strictEqual(freeSlug("a b  c", new Set()), "a-b-c");
  assert.strictEqual(freeSlug("a b  c", new Set(["a-b-c"])), "a-b-c-2");
});
