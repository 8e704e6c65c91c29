const test = require("node:test");
const assert = require("node:assert");
const { TaskQueue, mapLimited } = require("./task_queue.js");

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("results in order", async () => {
  const results = await mapLimited([3, 1, 2], 3, async (n) => {
    await pause(n);
    return n * 10;
  });
  assert.deepStrictEqual(results, [30, 10, 20]);
});

test("errors reach the caller", async () => {
  const queue = new TaskQueue(1);
  await assert.rejects(queue.add(async () => { throw new Error("bad job"); }), /bad job/);
});

test("never more than the limit", async () => {
  let now = 0, most = 0;
  await mapLimited([1, 2, 3, 4, 5], 2, async () => {
    most = Math.max(most, ++now);
    await pause(2);
    now--;
  });
  assert.strictEqual(most, 2);
});
