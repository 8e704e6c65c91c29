const test = require("node:test");
const assert = require("node:assert");
const { RateLimiter } = require("./rate_limiter.js");

test("never more than the limit in a window, and as many as possible", () => {
  for (let limit = 1; limit <= 3; limit++) {
    const limiter = new RateLimiter(limit, 10);
    const allowed = [];
    for (let now = 0; now < 100; now += 1 + (now % 3)) {
      const recent = allowed.filter((time) => time > now - 10).length;
      assert.strictEqual(limiter.waitMs("c", now) === 0, recent < limit);
      const answer = limiter.allow("c", now);
      assert.strictEqual(answer, recent < limit);
      if (answer) allowed.push(now);
    }
  }
});

test("refused requests do not count", () => {
  const limiter = new RateLimiter(1, 10);
  assert.deepStrictEqual([0, 5, 9, 10, 15, 20].map((t) => limiter.allow("c", t)),
    [true, false, false, true, false, true]);
});

test("waiting is exact", () => {
  const limiter = new RateLimiter(2, 10);
  limiter.allow("c", 3);
  limiter.allow("c", 8);
  assert.strictEqual(limiter.waitMs("c", 9), 4);
  assert.strictEqual(limiter.waitMs("c", 13), 0);
});

test("a limit of nothing", () => {
  assert.strictEqual(new RateLimiter(0, 10).allow("c", 0), false);
});
