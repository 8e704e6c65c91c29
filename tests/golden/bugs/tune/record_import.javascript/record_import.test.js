const test = require("node:test");
const assert = require("node:assert");
const { Store, importRecords } = require("./record_import.js");

async function filled() {
  const store = new Store();
  await store.put({ id: 1, revision: 2, name: "one" });
  return store;
}

test("nothing to import", async () => {
  assert.deepStrictEqual(await importRecords(new Store(), []),
    { added: 0, updated: 0, skipped: 0, failed: 0 });
});

test("a later revision", async () => {
  const store = await filled();
  const counts = await importRecords(store, [{ id: 1, revision: 3, name: "uno" }]);
  assert.strictEqual(counts.updated, 1);
  assert.strictEqual((await store.get(1)).name, "uno");
});

test("an old revision", async () => {
  const store = await filled();
  assert.strictEqual((await importRecords(store, [{ id: 1, revision: 2, name: "x" }])).skipped, 1);
  assert.strictEqual((await store.get(1)).name, "one");
});

test("a record without an id", async () => {
  assert.strictEqual((await importRecords(new Store(), [{ revision: 1 }])).failed, 1);
});

test("a new record", async () => {
  const store = await filled();
  const counts = await importRecords(store, [{ id: 2, revision: 1, name: "two" }]);
  assert.strictEqual(counts.added, 1);
  assert.strictEqual((await store.get(2)).name, "two");
});
