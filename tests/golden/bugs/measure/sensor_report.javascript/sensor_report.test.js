const test = require("node:test");
const assert = require("node:assert");
const { readings, ranking, mean } = require("./sensor_report.js");

test("lines without a number are left out", () => {
  assert.deepStrictEqual(readings("\nattic\nhall warm\n"), []);
});

test("mean of a single value", () => {
  assert.strictEqual(mean(readings("hall 20"), "hall"), 20);
});

test("mean of several values", () => {
  assert.strictEqual(mean(readings("hall 20\nhall 21\nattic 3"), "hall"), 20.5);
});

test("lowest first", () => {
  const found = readings("attic 9.5\nhall 20\ncellar 12\nattic 30");
  assert.deepStrictEqual(ranking(found), ["attic", "cellar", "hall"]);
});

test("no values", () => {
  assert.strictEqual(mean([], "hall"), null);
});
