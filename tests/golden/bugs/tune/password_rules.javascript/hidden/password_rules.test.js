const test = require("node:test");
const assert = require("node:assert");
const { problems, acceptable } = require("./password_rules.js");

test("each demand alone", () => {
  const cases = [
    ["Abcdef1", ["at least 8 characters"]],
    ["Abcdefgh", ["a digit"]],
    ["ABCDEFG1", ["a small letter"]],
    ["abcdefg1", ["a capital letter"]],
    ["Abc efg1", ["no space"]],
    ["Abc\tefg1", ["no space"]],
    ["Abcdefg1", []],
  ];
  for (const [password, expected] of cases) assert.deepStrictEqual(problems(password), expected);
});

test("nothing at all", () => {
  assert.deepStrictEqual(problems(""),
    ["at least 8 characters", "a digit", "a small letter", "a capital letter"]);
});

test("names", () => {
  assert.ok(acceptable("Abcdefg1", ""));
  assert.ok(acceptable("Abcdefg1", "bob"));
  assert.ok(!acceptable("Abcdefg1", "CDE"));
  assert.ok(!acceptable("Abc efg1", "bob"));
});
