const test = require("node:test");
const assert = require("node:assert");
const { doneTimes, totalWait } = require("./queue_times.js");

test("nobody", () => {
  assert.deepStrictEqual(doneTimes([]), {});
  assert.strictEqual(totalWait([]), 0);
});

test("one customer", () => {
  assert.deepStrictEqual(doneTimes([{ name: "a", arrives: 0, takes: 4 }]), { a: 4 });
});

test("the second one waits", () => {
  const customers = [{ name: "a", arrives: 0, takes: 5 }, { name: "b", arrives: 2, takes: 3 }];
  assert.deepStrictEqual(doneTimes(customers), { a: 5, b: 8 });
  assert.strictEqual(totalWait(customers), 3);
});
