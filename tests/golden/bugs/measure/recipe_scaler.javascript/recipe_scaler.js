"use strict";

const LARGER = new Map([
  ["tsp", { unit: "tbsp", size: 3 }],
  ["tbsp", { unit: "cup", size: 16 }],
  ["g", { unit: "kg", size: 1000 }],
  ["ml", { unit: "l", size: 1000 }],
]);

/**
 * The same quantity {amount, unit} in the largest unit of which it makes at least 1: 48 tsp are
 * 16 tbsp, so 1 cup. What makes less than 1 of the next unit, or has none ("egg", "kg"), stays.
 */
function inLargestUnit(amount, unit) {
  const larger = LARGER.get(unit);
  if (larger && amount >= larger.size) {
    inLargestUnit(amount / larger.size, larger.unit);
  }
  return { amount, unit };
}

/** A line of the list, "1.5 kg flour"; the amount has at most two decimals and no idle zeros. */
function line({ name, amount, unit }) {
  return `${Number(amount.toFixed(2))} ${unit} ${name}`;
}

/**
 * The lines for a recipe {servings, ingredients: [{name, amount, unit}]} cooked for the number of
 * guests, in the recipe's order, each in its largest unit. The recipe is left as it is.
 */
function shoppingList(recipe, guests) {
  return recipe.ingredients.map(({ name, amount, unit }) =>
    line({ name, ...inLargestUnit((amount * guests) / recipe.servings, unit) }));
}

module.exports = { inLargestUnit, line, shoppingList };
