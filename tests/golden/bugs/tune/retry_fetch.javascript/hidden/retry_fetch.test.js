const test = require("node:test");
const assert = require("node:assert");
const { retry, loadAll } = require("./retry_fetch.js");

function flaky(failures) {
  const calls = [];
  return {
    calls,
    async work(attempt) {
      calls.push(attempt);
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (attempt <= failures) throw new Error("attempt " + attempt);
      return "after " + attempt;
    },
  };
}

test("attempts are counted from 1 and stop at success", async () => {
  for (let failures = 0; failures < 4; failures++) {
    const { calls, work } = flaky(failures);
    assert.strictEqual(await retry(work, 4), "after " + (failures + 1));
    assert.deepStrictEqual(calls, [1, 2, 3, 4].slice(0, failures + 1));
  }
});

test("the error of the last attempt", async () => {
  const { calls, work } = flaky(9);
  await assert.rejects(retry(work, 3), /attempt 3/);
  assert.deepStrictEqual(calls, [1, 2, 3]);
});

test("work that is not asynchronous", async () => {
  assert.strictEqual(await retry((n) => { if (n < 2) throw new Error("x"); return n; }, 2), 2);
});

test("one after the other, each with its attempts", async () => {
  let running = 0;
  const tries = {};
  const load = async (address) => {
    assert.strictEqual(++running, 1);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    tries[address] = (tries[address] || 0) + 1;
    if (tries[address] < address.length) throw new Error("again");
    return address;
  };
  assert.deepStrictEqual(await loadAll(["a", "bb", "cccc"], load, 3),
    { a: "a", bb: "bb", cccc: null });
  assert.deepStrictEqual(tries, { a: 1, bb: 2, cccc: 3 });
});
