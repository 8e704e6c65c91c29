const test = require("node:test");
const assert = require("node:assert");
const { problems, acceptable } = require("./password_rules.js");

test("everything is missing but one", () => {
  const found = problems("abc");
  assert.ok(found.includes("a digit") && found.includes("a capital letter"));
  assert.ok(!found.includes("a small letter"));
});

test("too short", () => {
  assert.ok(problems("aB3").includes("at least 8 characters"));
});

test("a good one", () => {
  assert.deepStrictEqual(problems("Bridge4You"), []);
  assert.ok(acceptable("Bridge4You", "ann"));
});

test("the user's name", () => {
  assert.ok(!acceptable("xxANNxx12", "ann"));
});
