const test = require("node:test");
const assert = require("node:assert");
const { TaskQueue, mapLimited } = require("./task_queue.js");

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("limits from 1 to 4", async () => {
  for (let limit = 1; limit <= 4; limit++) {
    let now = 0, most = 0;
    const started = [];
    const results = await mapLimited([0, 1, 2, 3, 4, 5, 6], limit, async (n) => {
      started.push(n);
      most = Math.max(most, ++now);
      await pause(1 + ((n * 3) % 4));
      now--;
      return -n;
    });
    assert.strictEqual(most, limit);
    assert.deepStrictEqual(started, [0, 1, 2, 3, 4, 5, 6]);
    assert.deepStrictEqual(results, [-0, -1, -2, -3, -4, -5, -6]);
  }
});

test("a failed job makes room", async () => {
  const queue = new TaskQueue(1);
  const order = [];
  const bad = queue.add(async () => { await pause(2); order.push("bad"); throw new Error("x"); });
  const good = queue.add(async () => { order.push("good"); return 7; });
  await assert.rejects(bad, /x/);
  assert.strictEqual(await good, 7);
  assert.deepStrictEqual(order, ["bad", "good"]);
  assert.strictEqual(queue.running, 0);
});

test("a job that throws at once", async () => {
  const queue = new TaskQueue(2);
  await assert.rejects(queue.add(() => { throw new Error("sync"); }), /sync/);
  assert.strictEqual(queue.running, 0);
});

test("while a job runs, the next waits", async () => {
  const queue = new TaskQueue(1);
  let open;
  let second = false;
  const first = queue.add(() => new Promise((resolve) => { open = resolve; }));
  const other = queue.add(async () => { second = true; });
  await pause(5);
  assert.strictEqual(second, false);
  open("done");
  assert.strictEqual(await first, "done");
  await other;
  assert.ok(second);
});
