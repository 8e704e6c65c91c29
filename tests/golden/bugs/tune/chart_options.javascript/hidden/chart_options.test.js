const test = require("node:test");
const assert = require("node:assert");
const { complete, chart } = require("./chart_options.js");

test("values that are falsy are kept", () => {
  const options = { width: 0, mark: "", from: 0, title: "" };
  assert.deepStrictEqual(complete(options), options);
});

test("undefined and null have defaults", () => {
  for (const none of [undefined, null]) {
    assert.deepStrictEqual(complete({ width: none, mark: none, from: none, title: none }),
      { width: 20, mark: "#", from: 1, title: "Chart" });
  }
});

test("charts", () => {
  assert.strictEqual(chart([], { title: "" }), "");
  assert.strictEqual(chart([0, 0], { title: "Zero" }), "Zero\n1\n2");
  assert.strictEqual(chart([1, 2], { width: 2, from: -1, title: "" }), "-1 #\n0 ##");
  assert.strictEqual(chart([1, 2], { width: 2, mark: "", from: 0 }), "Chart\n0\n1");
});
