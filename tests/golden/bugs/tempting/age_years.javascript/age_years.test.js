const test = require("node:test");
const assert = require("node:assert");
const { age, birthdays } = require("./age_years.js");

const BORN = { year: 2000, month: 5, day: 20 };

test("on the birthday", () => {
  assert.strictEqual(age(BORN, { year: 2010, month: 5, day: 20 }), 10);
});

test("before the birthday", () => {
  assert.strictEqual(age(BORN, { year: 2010, month: 2, day: 3 }), 9);
});

test("after the birthday", () => {
  assert.strictEqual(age(BORN, { year: 2010, month: 8, day: 25 }), 10);
  assert.strictEqual(age(BORN, { year: 2010, month: 8, day: 10 }), 10);
});

test("whose birthday it is", () => {
  const people = [{ name: "ann", born: BORN }, { name: "bob", born: { ...BORN, day: 21 } }];
  assert.deepStrictEqual(birthdays(people, { year: 2026, month: 5, day: 21 }), ["bob"]);
});
