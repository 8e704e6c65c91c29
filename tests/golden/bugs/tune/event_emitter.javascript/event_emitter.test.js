const test = require("node:test");
const assert = require("node:assert");
const { Emitter } = require("./event_emitter.js");

test("listeners are given the values", () => {
  const emitter = new Emitter();
  const got = [];
  emitter.on("sum", (a, b) => got.push(a + b));
  emitter.on("sum", (a) => got.push(a));
  assert.strictEqual(emitter.emit("sum", 2, 3), 2);
  assert.deepStrictEqual(got, [5, 2]);
});

test("nobody listens", () => {
  assert.strictEqual(new Emitter().emit("x"), 0);
});

test("a removed listener is not called", () => {
  const emitter = new Emitter();
  const remove = emitter.on("x", () => assert.fail());
  remove();
  remove();
  assert.strictEqual(emitter.emit("x"), 0);
});

test("once", () => {
  const emitter = new Emitter();
  const got = [];
  emitter.once("x", (n) => got.push("first " + n));
  emitter.on("x", (n) => got.push("second " + n));
  emitter.emit("x", 1);
  emitter.emit("x", 2);
  assert.deepStrictEqual(got, ["first 1", "second 1", "second 2"]);
});
