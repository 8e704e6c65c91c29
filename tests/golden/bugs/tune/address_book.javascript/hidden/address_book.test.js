const test = require("node:test");
const assert = require("node:assert");
const { mailbox, byTown, find } = require("./address_book.js");

test("towns", () => {
  assert.deepStrictEqual(byTown([]), {});
  assert.deepStrictEqual(byTown([{ name: "A" }]), { unknown: ["A"] });
  assert.deepStrictEqual(
    byTown([
      { name: "A", address: { town: "X" } },
      { name: "B", address: { street: "only" } },
      { name: "C", address: { town: "X" } },
      { name: "D" },
      { name: "E", address: { town: "Y" } },
      { name: "F", address: null },
    ]),
    { X: ["A", "C"], unknown: ["B", "D", "F"], Y: ["E"] });
});

test("mailboxes", () => {
  assert.strictEqual(mailbox({ name: "A", email: "a@b" }), "A <a@b>");
  assert.strictEqual(mailbox({ name: "A" }), "A");
});

test("find", () => {
  const people = [{ name: "Ann" }, { name: "bob" }, { name: "anton" }];
  assert.deepStrictEqual(find(people, "AN").map((p) => p.name), ["Ann", "anton"]);
});
