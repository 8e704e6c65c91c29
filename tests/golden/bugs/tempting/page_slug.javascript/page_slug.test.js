const test = require("node:test");
const assert = require("node:assert");
const { slug, freeSlug } = require("./page_slug.js");

test("one word", () => {
  assert.strictEqual(slug(" Hello! "), "hello");
});

test("several words", () => {
  assert.strictEqual(slug("Hello World"), "hello-world");
  assert.strictEqual(slug("The 3 little pigs"), "the-3-little-pigs");
});

test("taken slugs", () => {
  assert.strictEqual(freeSlug("News", new Set(["news", "news-2"])), "news-3");
});
