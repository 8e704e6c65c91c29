const test = require("node:test");
const assert = require("node:assert");
const { monthLength, firstWeekday, calendar } = require("./calendar_month.js");

test("lengths", () => {
  const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  lengths.forEach((days, i) => assert.strictEqual(monthLength(2023, i + 1), days));
  assert.strictEqual(monthLength(2024, 2), 29);
  assert.strictEqual(monthLength(2100, 2), 28);
});

test("a month that begins on Monday and has four weeks", () => {
  assert.strictEqual(firstWeekday(2021, 2), 0);
  const lines = calendar(2021, 2).split("\n");
  assert.strictEqual(lines.length, 5);
  assert.strictEqual(lines[1], " 1  2  3  4  5  6  7");
  assert.strictEqual(lines[4], "22 23 24 25 26 27 28");
});

test("a month of six weeks", () => {
  assert.strictEqual(calendar(2023, 10), [
    "Mo Tu We Th Fr Sa Su", "                   1", " 2  3  4  5  6  7  8",
    " 9 10 11 12 13 14 15", "16 17 18 19 20 21 22", "23 24 25 26 27 28 29", "30 31",
  ].join("\n"));
});
