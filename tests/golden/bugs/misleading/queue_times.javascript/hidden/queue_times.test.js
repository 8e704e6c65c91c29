const test = require("node:test");
const assert = require("node:assert");
const { doneTimes, totalWait } = require("./queue_times.js");

test("pauses", () => {
  const customers = [
    { name: "a", arrives: 3, takes: 2 }, { name: "b", arrives: 10, takes: 5 },
    { name: "c", arrives: 11, takes: 1 }, { name: "d", arrives: 16, takes: 1 },
    { name: "e", arrives: 30, takes: 0 },
  ];
  assert.deepStrictEqual(doneTimes(customers), { a: 5, b: 15, c: 16, d: 17, e: 30 });
  assert.strictEqual(totalWait(customers), 4);
});

test("never served before arrival", () => {
  assert.deepStrictEqual(doneTimes([{ name: "x", arrives: 100, takes: 1 }]), { x: 101 });
});
