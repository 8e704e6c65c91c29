const test = require("node:test");
const assert = require("node:assert");
const { debounce } = require("./debounce_events.js");

const times = (list, quietMs) =>
  debounce(list.map((time) => ({ time, key: "k" })), quietMs).map((event) => event.time);

test("around the limit", () => {
  assert.deepStrictEqual(times([0, 99, 100], 100), [0, 100]);
  assert.deepStrictEqual(times([0, 101], 100), [0, 101]);
  assert.deepStrictEqual(times([0, 99.5], 100), [0]);
  assert.deepStrictEqual(times([0.25, 100, 100.25], 100), [0.25, 100.25]);
});

test("dropped events do not count", () => {
  assert.deepStrictEqual(times([0, 6, 12, 18, 24], 10), [0, 12, 24]);
});

test("no quiet time", () => {
  assert.deepStrictEqual(times([0, 0, 1], 0), [0, 0, 1]);
});
