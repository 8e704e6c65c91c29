const test = require("node:test");
const assert = require("node:assert");
const { Machine } = require("./vending_machine.js");

test("paying and collecting", () => {
  const machine = new Machine({ tea: 130 });
  assert.ok(machine.insert(200));
  assert.ok(machine.choose("tea"));
  assert.deepStrictEqual(machine.collect(), { article: "tea", change: [50, 20] });
  assert.strictEqual(machine.state, "idle");
});

test("not enough", () => {
  const machine = new Machine({ tea: 130 });
  machine.insert(100);
  assert.ok(!machine.choose("tea"));
  assert.strictEqual(machine.credit, 100);
});

test("unknown coins and articles", () => {
  const machine = new Machine({ tea: 130 });
  assert.ok(!machine.insert(30));
  machine.insert(200);
  assert.ok(!machine.choose("gold"));
});

test("cancelling gives the money back", () => {
  const machine = new Machine({ tea: 130 });
  machine.insert(100);
  machine.insert(20);
  assert.deepStrictEqual(machine.cancel(), [100, 20]);
  assert.strictEqual(machine.credit, 0);
});
