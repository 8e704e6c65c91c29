const test = require("node:test");
const assert = require("node:assert");
const { Store, importRecords } = require("./record_import.js");

test("all that can happen", async () => {
  const store = new Store();
  const records = [
    { id: "a", revision: 1 }, { id: "b", revision: 1 }, { id: "a", revision: 1 }, {},
    { id: "b", revision: 5 }, { id: "b", revision: 4 }, { id: "c", revision: 0 },
  ];
  assert.deepStrictEqual(await importRecords(store, records),
    { added: 3, updated: 1, skipped: 2, failed: 1 });
  assert.strictEqual((await store.get("a")).revision, 1);
  assert.strictEqual((await store.get("b")).revision, 5);
  assert.strictEqual((await store.get("c")).revision, 0);
});

test("a store that takes its time", async () => {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
  class SlowStore extends Store {
    async has(id) { await pause(); return super.has(id); }
    async get(id) { await pause(); return super.get(id); }
    async put(record) { await pause(); return super.put(record); }
  }
  const store = new SlowStore();
  const records = [{ id: 1, revision: 1 }, { id: 1, revision: 2 }, { id: 1, revision: 1 }];
  assert.deepStrictEqual(await importRecords(store, records),
    { added: 1, updated: 1, skipped: 1, failed: 0 });
});
