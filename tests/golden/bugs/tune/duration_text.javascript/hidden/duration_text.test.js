const test = require("node:test");
const assert = require("node:assert");
const { format, parse } = require("./duration_text.js");

test("there and back", () => {
  for (let seconds = 0; seconds < 400000; seconds += 997) {
    const text = format(seconds);
    assert.strictEqual(parse(text), seconds);
    assert.ok(/^((\d+d)? ?(1?\d|2[0-3])?h? ?([1-5]?\dm)? ?([1-5]?\ds)?)$/.test(text), text);
  }
});

test("sizes of the units", () => {
  assert.strictEqual(parse("2d"), 172800);
  assert.strictEqual(parse("1h"), 3600);
  assert.strictEqual(parse("5m 1d 2s"), 86702);
  assert.strictEqual(format(86400), "1d");
  assert.strictEqual(format(86399), "23h 59m 59s");
  assert.strictEqual(format(864000), "10d");
});

test("no durations", () => {
  for (const text of ["", "d", "1w", "-1s", "1.5h"]) assert.throws(() => parse(text));
});
