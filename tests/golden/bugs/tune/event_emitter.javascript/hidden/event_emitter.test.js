const test = require("node:test");
const assert = require("node:assert");
const { Emitter } = require("./event_emitter.js");

test("several that listen once", () => {
  const emitter = new Emitter();
  const got = [];
  for (const name of ["a", "b", "c", "d"]) emitter.once("x", () => got.push(name));
  assert.strictEqual(emitter.emit("x"), 4);
  assert.strictEqual(emitter.emit("x"), 0);
  assert.deepStrictEqual(got, ["a", "b", "c", "d"]);
});

test("a listener that is removed by an earlier one is called this time still", () => {
  const emitter = new Emitter();
  let calls = 0;
  const second = () => calls++;
  emitter.on("x", () => emitter.off("x", second));
  emitter.on("x", second);
  assert.strictEqual(emitter.emit("x"), 2);
  assert.strictEqual(emitter.emit("x"), 1);
  assert.strictEqual(calls, 1);
});

test("a listener that is added meanwhile waits", () => {
  const emitter = new Emitter();
  emitter.on("x", () => emitter.on("x", () => {}));
  assert.deepStrictEqual([1, 2, 3].map(() => emitter.emit("x")), [1, 2, 3]);
});

test("the same listener twice", () => {
  const emitter = new Emitter();
  let calls = 0;
  const listener = () => calls++;
  emitter.on("x", listener);
  const remove = emitter.on("x", listener);
  remove();
  emitter.emit("x");
  assert.strictEqual(calls, 1);
});
