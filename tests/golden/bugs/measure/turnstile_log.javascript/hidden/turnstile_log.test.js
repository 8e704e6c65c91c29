const test = require("node:test");
const assert = require("node:assert");
const { Turnstile } = require("./turnstile_log.js");

test("a long day", () => {
  const turnstile = new Turnstile({ x: 2, y: 0 });
  const answers = [turnstile.push(), turnstile.ticket("y"), turnstile.ticket("x"),
    turnstile.ticket("x"), turnstile.push(), turnstile.ticket("x"), turnstile.push(),
    turnstile.ticket("x"), turnstile.ticket("z")];
  assert.deepStrictEqual(answers,
    [false, false, true, false, true, true, true, false, false]);
  assert.deepStrictEqual(turnstile.log, [
    "alarm push", "alarm invalid y", "locked>open x", "alarm open x", "open>locked push",
    "locked>open x", "open>locked push", "alarm invalid x", "alarm invalid z",
  ]);
  assert.strictEqual(turnstile.alarms(), 5);
  assert.strictEqual(turnstile.passed, 2);
  assert.strictEqual(turnstile.ridesLeft(), 0);
  assert.strictEqual(turnstile.state, "locked");
});

test("the tickets given stay as they are", () => {
  const tickets = { a: 5 };
  new Turnstile(tickets).ticket("a");
  assert.deepStrictEqual(tickets, { a: 5 });
});
