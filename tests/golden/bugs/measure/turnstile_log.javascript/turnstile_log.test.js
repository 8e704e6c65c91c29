const test = require("node:test");
const assert = require("node:assert");
const { Turnstile } = require("./turnstile_log.js");

test("a ticket lets one person through", () => {
  const turnstile = new Turnstile({ a: 2 });
  assert.ok(turnstile.ticket("a"));
  assert.ok(turnstile.push());
  assert.ok(!turnstile.push());
  assert.strictEqual(turnstile.passed, 1);
});

test("rides", () => {
  const turnstile = new Turnstile({ a: 1, b: 3 });
  turnstile.ticket("a");
  turnstile.push();
  assert.ok(!turnstile.ticket("a"));
  assert.strictEqual(turnstile.ridesLeft(), 3);
});

test("alarms", () => {
  const turnstile = new Turnstile({});
  turnstile.ticket("x");
  turnstile.push();
  assert.strictEqual(turnstile.alarms(), 2);
});

test("the log", () => {
  const turnstile = new Turnstile({ a: 1 });
  turnstile.ticket("a");
  turnstile.push();
  assert.deepStrictEqual(turnstile.log, ["locked>open a", "open>locked push"]);
});
