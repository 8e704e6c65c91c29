const test = require("node:test");
const assert = require("node:assert");
const { parse, format, withoutMask, allows } = require("./permission_flags.js");

test("text to number", () => {
  assert.strictEqual(parse("rwxr-x---"), 0o750);
});

test("number to text", () => {
  assert.strictEqual(format(0o644), "rw-r--r--");
});

test("mask of bits that are set", () => {
  assert.strictEqual(withoutMask(0o777, 0o022), 0o755);
});

test("mask of bits some of which are not set", () => {
  assert.strictEqual(withoutMask(0o640, 0o022), 0o640);
});

test("all wanted bits", () => {
  assert.ok(allows(0o755, 0o500) && !allows(0o755, 0o700 | 0o020));
});
