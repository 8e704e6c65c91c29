const test = require("node:test");
const assert = require("node:assert");
const { parse, format, mix } = require("./colour_tools.js");

test("six digits", () => {
  assert.deepStrictEqual(parse("#0a0B0c"), { r: 10, g: 11, b: 12 });
});

test("no colour", () => {
  assert.throws(() => parse("#12345"), /not a colour/);
});

test("format fills with zeros", () => {
  assert.strictEqual(format({ r: 0, g: 1, b: 255 }), "#0001ff");
});

test("half way", () => {
  assert.deepStrictEqual(mix({ r: 0, g: 0, b: 0 }, { r: 255, g: 100, b: 1 }, 0.5),
    { r: 128, g: 50, b: 1 });
});
