const test = require("node:test");
const assert = require("node:assert");
const { readings, ranking, mean } = require("./sensor_report.js");

test("numbers", () => {
  assert.deepStrictEqual(readings("a 1\n b  -2.50 \nc 1e2 x"),
    [{ name: "a", value: 1 }, { name: "b", value: -2.5 }, { name: "c", value: 100 }]);
});

test("no numbers", () => {
  assert.deepStrictEqual(readings("a 1,5\nb\n\nc --1"), []);
});

test("ranking by value, not by text", () => {
  const found = readings("x 100\ny 20\nz 3\nx 10\nw -5\nv -40");
  assert.deepStrictEqual(ranking(found), ["v", "w", "z", "x", "y"]);
});

test("mean", () => {
  const found = readings("a 1\na 2\na 2\nb -10\nb 5");
  assert.strictEqual(mean(found, "a"), 1.7);
  assert.strictEqual(mean(found, "b"), -2.5);
  assert.strictEqual(mean(found, "c"), null);
});
