const test = require("node:test");
const assert = require("node:assert");
const { complete, chart } = require("./chart_options.js");

test("defaults", () => {
  assert.deepStrictEqual(complete(), { width: 20, mark: "#", from: 1, title: "Chart" });
  assert.strictEqual(complete({ mark: null }).mark, "#");
});

test("bars", () => {
  assert.strictEqual(chart([1, 4], { width: 4, title: "Rain" }), "Rain\n1 #\n2 ####");
});

test("no width", () => {
  assert.strictEqual(chart([5], { width: 0 }), "Chart\n1");
});

test("counted from 0", () => {
  assert.strictEqual(chart([2, 1], { width: 2, mark: "*", from: 0 }), "Chart\n0 **\n1 *");
});

test("without a title", () => {
  assert.strictEqual(chart([3], { width: 3, title: "" }), "1 ###");
});
