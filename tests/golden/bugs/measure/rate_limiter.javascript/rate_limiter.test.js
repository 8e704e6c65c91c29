const test = require("node:test");
const assert = require("node:assert");
const { RateLimiter } = require("./rate_limiter.js");

test("clients do not disturb each other", () => {
  const limiter = new RateLimiter(1, 100);
  assert.ok(limiter.allow("a", 0));
  assert.ok(limiter.allow("b", 0));
});

test("one too many", () => {
  const limiter = new RateLimiter(2, 100);
  assert.deepStrictEqual([0, 10, 20].map((t) => limiter.allow("a", t)), [true, true, false]);
});

test("old requests are forgotten", () => {
  const limiter = new RateLimiter(1, 100);
  assert.ok(limiter.allow("a", 0));
  assert.ok(limiter.allow("a", 100));
});

test("how long to wait", () => {
  const limiter = new RateLimiter(1, 100);
  assert.strictEqual(limiter.waitMs("a", 5), 0);
  limiter.allow("a", 5);
  assert.strictEqual(limiter.waitMs("a", 30), 75);
});
