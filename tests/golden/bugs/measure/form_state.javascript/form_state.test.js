const test = require("node:test");
const assert = require("node:assert");
const { initial, change, validate, visibleErrors } = require("./form_state.js");

const rules = {
  name: (v) => (v ? null : "name is missing"),
  age: (v) => (v > 0 ? null : "bad age"),
};

test("errors of all fields", () => {
  const state = validate(initial({ name: "", age: 0 }), rules);
  assert.deepStrictEqual(state.errors.map((e) => e.field), ["name", "age"]);
});

test("nothing is visible at first", () => {
  assert.deepStrictEqual(visibleErrors(validate(initial({}), rules)), []);
});

test("values change in a new state", () => {
  const before = initial({ name: "Ann" });
  assert.strictEqual(change(before, "name", "Bob").values.name, "Bob");
  assert.strictEqual(before.values.name, "Ann");
});

test("what is touched changes in a new state", () => {
  const before = initial({ name: "Ann" });
  assert.deepStrictEqual(change(before, "name", "Bob").touched, ["name"]);
  assert.deepStrictEqual(before.touched, []);
});

test("forms are independent", () => {
  change(initial({ age: 3 }), "age", 0);
  const other = validate(initial({ name: "x", age: 0 }), rules);
  assert.deepStrictEqual(visibleErrors(other), []);
});
