const test = require("node:test");
const assert = require("node:assert");
const { Machine } = require("./vending_machine.js");

test("cancel in every state", () => {
  const machine = new Machine({ gum: 10 });
  assert.deepStrictEqual(machine.cancel(), []);
  for (const coin of [10, 10, 50, 200]) machine.insert(coin);
  assert.deepStrictEqual(machine.cancel(), [200, 50, 20]);
  assert.strictEqual(machine.state, "idle");
  assert.deepStrictEqual(machine.cancel(), []);
  machine.insert(20);
  machine.choose("gum");
  assert.deepStrictEqual(machine.cancel(), []);
  assert.deepStrictEqual(machine.collect(), { article: "gum", change: [10] });
});

test("delivering refuses everything else", () => {
  const machine = new Machine({ gum: 10 });
  machine.insert(100);
  machine.choose("gum");
  assert.ok(!machine.insert(10));
  assert.ok(!machine.choose("gum"));
  assert.deepStrictEqual(machine.collect().change, [50, 20, 20]);
  assert.strictEqual(machine.collect(), null);
});

test("exact money", () => {
  const machine = new Machine({ gum: 10 });
  assert.ok(!machine.choose("gum"));
  machine.insert(10);
  machine.choose("gum");
  assert.deepStrictEqual(machine.collect(), { article: "gum", change: [] });
  assert.ok(machine.insert(10));
});
