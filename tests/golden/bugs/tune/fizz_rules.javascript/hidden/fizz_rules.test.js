const test = require("node:test");
const assert = require("node:assert");
const { fizz } = require("./fizz_rules.js");

test("two rules", () => {
  const texts = fizz(45, [[3, "Fizz"], [5, "Buzz"]]);
  assert.strictEqual(texts.length, 45);
  texts.forEach((text, i) => {
    const n = i + 1;
    const expected = (n % 3 === 0 ? "Fizz" : "") + (n % 5 === 0 ? "Buzz" : "") || `${n}`;
    assert.strictEqual(text, expected);
  });
});

test("order of the rules", () => {
  assert.deepStrictEqual(fizz(2, [[2, "b"], [1, "a"]]), ["a", "ba"]);
});

test("nothing", () => {
  assert.deepStrictEqual(fizz(0, [[1, "x"]]), []);
  assert.deepStrictEqual(fizz(3, []), ["1", "2", "3"]);
});
