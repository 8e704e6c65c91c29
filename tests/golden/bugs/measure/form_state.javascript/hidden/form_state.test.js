const test = require("node:test");
const assert = require("node:assert");
const { initial, change, validate, visibleErrors } = require("./form_state.js");

const rules = { a: (v) => (v === 1 ? null : "a!"), b: (v) => (v === 1 ? null : "b!") };

test("older states stay as they were", () => {
  const one = initial({ a: 1, b: 1 });
  const two = change(one, "a", 2);
  const three = change(two, "b", 3);
  assert.deepStrictEqual(one.touched, []);
  assert.deepStrictEqual(two.touched, ["a"]);
  assert.deepStrictEqual(three.touched, ["a", "b"]);
  assert.deepStrictEqual(two.values, { a: 2, b: 1 });
  assert.deepStrictEqual(three.values, { a: 2, b: 3 });
});

test("touched once", () => {
  const state = change(change(initial({ a: 1 }), "a", 2), "a", 3);
  assert.deepStrictEqual(state.touched, ["a"]);
});

test("forms share nothing", () => {
  const first = initial({}), second = initial({});
  change(first, "a", 1);
  assert.deepStrictEqual(second, { values: {}, errors: [], touched: [] });
  assert.deepStrictEqual(initial({}), { values: {}, errors: [], touched: [] });
});

test("visible errors", () => {
  const state = validate(change(initial({ a: 0, b: 0 }), "b", 5), rules);
  assert.deepStrictEqual(visibleErrors(state), ["b!"]);
  assert.deepStrictEqual(visibleErrors(validate(change(state, "b", 1), rules)), []);
  assert.deepStrictEqual(state.errors.length, 2);
});

test("the values given are copied", () => {
  const values = { a: 1 };
  const state = initial(values);
  values.a = 2;
  assert.strictEqual(state.values.a, 1);
});
