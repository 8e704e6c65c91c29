const test = require("node:test");
const assert = require("node:assert");
const { daysBetween, nights, weekendDays } = require("./date_ranges.js");

test("one day", () => {
  assert.deepStrictEqual(daysBetween("2024-02-29", "2024-02-29"), ["2024-02-29"]);
});

test("a leap year has 366 days", () => {
  const days = daysBetween("2024-01-01", "2024-12-31");
  assert.strictEqual(days.length, 366);
  assert.strictEqual(days[59], "2024-02-29");
  assert.strictEqual(days[365], "2024-12-31");
  assert.strictEqual(nights("2024-01-01", "2025-01-01"), 366);
});

test("before", () => {
  assert.deepStrictEqual(daysBetween("2024-05-05", "2024-05-03"), []);
});

test("weekends at the ends", () => {
  assert.deepStrictEqual(weekendDays("2024-03-03", "2024-03-09"), ["2024-03-03", "2024-03-09"]);
  assert.deepStrictEqual(weekendDays("2024-03-04", "2024-03-08"), []);
});
