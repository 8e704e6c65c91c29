const test = require("node:test");
const assert = require("node:assert");
const { daysBetween, nights, weekendDays } = require("./date_ranges.js");

test("nights between two days", () => {
  assert.strictEqual(nights("2024-02-28", "2024-03-01"), 2);
});

test("both ends belong to the range", () => {
  assert.deepStrictEqual(daysBetween("2023-12-31", "2024-01-01"), ["2023-12-31", "2024-01-01"]);
});

test("an empty range", () => {
  assert.deepStrictEqual(daysBetween("2024-01-02", "2024-01-01"), []);
});

test("weekend in the middle", () => {
  assert.deepStrictEqual(weekendDays("2024-03-01", "2024-03-05"), ["2024-03-02", "2024-03-03"]);
});
