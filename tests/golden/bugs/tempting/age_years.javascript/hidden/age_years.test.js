const test = require("node:test");
const assert = require("node:assert");
const { age } = require("./age_years.js");

test("every day of a year", () => {
  for (const born of [{ month: 5, day: 20 }, { month: 1, day: 1 }, { month: 12, day: 31 }]) {
    for (let month = 1; month <= 12; month++) {
      for (let day = 1; day <= 28; day++) {
        const had = month * 100 + day >= born.month * 100 + born.day;
        assert.strictEqual(age({ year: 1990, ...born }, { year: 2020, month, day }), had ? 30 : 29);
      }
    }
  }
});

test("the day before", () => {
  const born = { year: 2000, month: 5, day: 20 };
  assert.strictEqual(age(born, { year: 2010, month: 5, day: 19 }), 9);
  assert.strictEqual(age(born, { year: 2010, month: 4, day: 30 }), 9);
});
