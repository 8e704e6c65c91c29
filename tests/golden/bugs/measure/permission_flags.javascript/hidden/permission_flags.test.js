const test = require("node:test");
const assert = require("node:assert");
const { parse, format, withoutMask, allows } = require("./permission_flags.js");

test("masks", () => {
  for (let mode = 0; mode < 512; mode += 7) {
    for (let mask = 0; mask < 512; mask += 5) {
      const left = withoutMask(mode, mask);
      for (let bit = 0; bit < 9; bit++) {
        const expected = mode & (1 << bit) && !(mask & (1 << bit));
        assert.strictEqual(Boolean(left & (1 << bit)), Boolean(expected));
      }
      assert.strictEqual(left >> 9, 0);
    }
  }
});

test("text and back", () => {
  for (let mode = 0; mode < 512; mode++) assert.strictEqual(parse(format(mode)), mode);
});

test("allows", () => {
  assert.ok(allows(0o700, 0));
  assert.ok(!allows(0, 1));
  assert.ok(!allows(0o070, 0o071));
});

test("no modes", () => {
  for (const text of ["", "rwx", "rwxrwxrwxr", "xwrxwrxwr"]) assert.throws(() => parse(text));
});
