const test = require("node:test");
const assert = require("node:assert");
const { inLargestUnit, line, shoppingList } = require("./recipe_scaler.js");

const BREAD = {
  servings: 4,
  ingredients: [
    { name: "flour", amount: 500, unit: "g" },
    { name: "water", amount: 320, unit: "ml" },
    { name: "salt", amount: 2, unit: "tsp" },
  ],
};

test("a line", () => {
  assert.strictEqual(line({ name: "butter", amount: 62.5, unit: "g" }), "62.5 g butter");
});

test("small amounts keep their unit", () => {
  assert.deepStrictEqual(inLargestUnit(2, "tsp"), { amount: 2, unit: "tsp" });
});

test("half the guests", () => {
  assert.deepStrictEqual(shoppingList(BREAD, 2),
    ["250 g flour", "160 ml water", "1 tsp salt"]);
});

test("a party", () => {
  assert.deepStrictEqual(shoppingList(BREAD, 12),
    ["1.5 kg flour", "960 ml water", "2 tbsp salt"]);
});
