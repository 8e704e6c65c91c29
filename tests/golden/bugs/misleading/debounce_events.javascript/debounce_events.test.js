const test = require("node:test");
const assert = require("node:assert");
const { debounce } = require("./debounce_events.js");

const times = (list, quietMs) =>
  debounce(list.map((time) => ({ time, key: "k" })), quietMs).map((event) => event.time);

test("nothing", () => {
  assert.deepStrictEqual(debounce([], 10), []);
});

test("quick repetitions are dropped", () => {
  assert.deepStrictEqual(times([0, 5, 9], 100), [0]);
});

test("slow ones are kept", () => {
  assert.deepStrictEqual(times([0, 100, 300], 100), [0, 100, 300]);
});

test("keys are independent", () => {
  const events = [{ time: 0, key: "a" }, { time: 1, key: "b" }];
  assert.deepStrictEqual(debounce(events, 50), events);
});
