const test = require("node:test");
const assert = require("node:assert");
const { parse, format, mix } = require("./colour_tools.js");

test("every part of every colour on a grid", () => {
  for (let r = 0; r < 256; r += 17) {
    for (let g = 0; g < 256; g += 15) {
      for (let b = 0; b < 256; b += 51) {
        const two = (n) => (n < 16 ? "0" : "") + n.toString(16);
        const text = "#" + two(r) + two(g) + two(b);
        assert.deepStrictEqual(parse(text), { r, g, b });
        assert.strictEqual(format({ r, g, b }), text);
      }
    }
  }
});

test("three digits", () => {
  assert.deepStrictEqual(parse("#f03"), { r: 255, g: 0, b: 51 });
  assert.deepStrictEqual(parse("#FFF"), { r: 255, g: 255, b: 255 });
});

test("mix at the ends", () => {
  const a = parse("#102030"), b = parse("#405060");
  assert.deepStrictEqual(mix(a, b, 0), a);
  assert.deepStrictEqual(mix(a, b, 1), b);
});

test("no colours", () => {
  for (const text of ["", "#", "fff", "#ggg", "#1234567"]) assert.throws(() => parse(text));
});
