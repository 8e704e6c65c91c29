const test = require("node:test");
const assert = require("node:assert");
const { Cart } = require("./shopping_cart.js");

const tea = { id: 7, title: "Tea", cents: 350 };
const cup = { id: 3, title: "Cup", cents: 5 };

test("receipt", () => {
  const cart = new Cart();
  assert.strictEqual(cart.receipt(), "total 0.00");
  cart.add(tea);
  cart.add(cup, 3);
  cart.add(tea, 1);
  assert.strictEqual(cart.receipt(), "2 x Tea 7.00\n3 x Cup 0.15\ntotal 7.15");
});

test("remove", () => {
  const cart = new Cart();
  cart.add(cup);
  assert.ok(cart.remove(3));
  assert.ok(!cart.remove(3));
  assert.strictEqual(cart.total(), 0);
});
