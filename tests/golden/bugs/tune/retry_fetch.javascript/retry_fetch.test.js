const test = require("node:test");
const assert = require("node:assert");
const { retry, loadAll } = require("./retry_fetch.js");

test("success at once", async () => {
  assert.strictEqual(await retry(async () => "fine", 3), "fine");
});

test("the last error is thrown", async () => {
  await assert.rejects(retry(async () => { throw new Error("down"); }, 1), /down/);
});

test("a failure is tried again", async () => {
  const work = async (attempt) => {
    if (attempt < 3) throw new Error("busy");
    return attempt;
  };
  assert.strictEqual(await retry(work, 5), 3);
});

test("failed addresses are null", async () => {
  const load = async (address) => {
    if (address === "b") throw new Error("no b");
    return address.toUpperCase();
  };
  assert.deepStrictEqual(await loadAll(["a", "b"], load, 1), { a: "A", b: null });
});
