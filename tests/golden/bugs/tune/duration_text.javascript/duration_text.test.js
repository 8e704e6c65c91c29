const test = require("node:test");
const assert = require("node:assert");
const { format, parse } = require("./duration_text.js");

test("hours, minutes and seconds", () => {
  assert.strictEqual(format(3 * 3600 + 62), "3h 1m 2s");
});

test("nothing", () => {
  assert.strictEqual(format(0), "0s");
});

test("a day has 24 hours", () => {
  assert.strictEqual(parse("1d"), parse("24h"));
  assert.strictEqual(format(90000), "1d 1h");
});

test("no duration", () => {
  assert.throws(() => parse("3 h"), /not a duration/);
});
