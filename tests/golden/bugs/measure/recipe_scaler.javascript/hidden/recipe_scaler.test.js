const test = require("node:test");
const assert = require("node:assert");
const { inLargestUnit, line, shoppingList } = require("./recipe_scaler.js");

test("one step", () => {
  assert.deepStrictEqual(inLargestUnit(2500, "g"), { amount: 2.5, unit: "kg" });
  assert.deepStrictEqual(inLargestUnit(1250, "ml"), { amount: 1.25, unit: "l" });
  assert.deepStrictEqual(inLargestUnit(6, "tsp"), { amount: 2, unit: "tbsp" });
  assert.deepStrictEqual(inLargestUnit(40, "tbsp"), { amount: 2.5, unit: "cup" });
});

test("two steps", () => {
  assert.deepStrictEqual(inLargestUnit(48, "tsp"), { amount: 1, unit: "cup" });
  assert.deepStrictEqual(inLargestUnit(120, "tsp"), { amount: 2.5, unit: "cup" });
  assert.deepStrictEqual(inLargestUnit(45, "tsp"), { amount: 15, unit: "tbsp" });
});

test("exactly 1 of the larger unit, and just below", () => {
  const larger = [["g", 1000, "kg"], ["ml", 1000, "l"], ["tsp", 3, "tbsp"], ["tbsp", 16, "cup"]];
  for (const [unit, size, next] of larger) {
    assert.deepStrictEqual(inLargestUnit(size, unit), { amount: 1, unit: next });
    assert.deepStrictEqual(inLargestUnit(size - 0.5, unit), { amount: size - 0.5, unit });
  }
});

test("no larger unit", () => {
  for (const unit of ["egg", "kg", "l", "cup", "constructor"]) {
    assert.deepStrictEqual(inLargestUnit(5000, unit), { amount: 5000, unit });
  }
  assert.deepStrictEqual(inLargestUnit(0, "g"), { amount: 0, unit: "g" });
});

test("lines", () => {
  assert.strictEqual(line({ name: "flour", amount: 1.5, unit: "kg" }), "1.5 kg flour");
  assert.strictEqual(line({ name: "oil", amount: 2 / 3, unit: "cup" }), "0.67 cup oil");
  assert.strictEqual(line({ name: "milk", amount: 1200, unit: "ml" }), "1200 ml milk");
});

test("a list", () => {
  const recipe = {
    servings: 6,
    ingredients: [
      { name: "sugar", amount: 8, unit: "tbsp" },
      { name: "milk", amount: 500, unit: "ml" },
      { name: "vanilla", amount: 4, unit: "tsp" },
      { name: "yolk", amount: 3, unit: "egg" },
      { name: "butter", amount: 100, unit: "g" },
    ],
  };
  const before = structuredClone(recipe);
  assert.deepStrictEqual(shoppingList(recipe, 72),
    ["6 cup sugar", "6 l milk", "1 cup vanilla", "36 egg yolk", "1.2 kg butter"]);
  assert.deepStrictEqual(shoppingList(recipe, 6),
    ["8 tbsp sugar", "500 ml milk", "1.33 tbsp vanilla", "3 egg yolk", "100 g butter"]);
  assert.deepStrictEqual(shoppingList(recipe, 1),
    ["1.33 tbsp sugar", "83.33 ml milk", "0.67 tsp vanilla", "0.5 egg yolk", "16.67 g butter"]);
  assert.deepStrictEqual(recipe, before);
  assert.deepStrictEqual(shoppingList({ servings: 2, ingredients: [] }, 4), []);
});
