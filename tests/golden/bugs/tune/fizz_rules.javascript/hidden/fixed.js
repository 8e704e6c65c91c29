"use strict";
const assert = require("node:assert");

/** The numbers 1..count as texts; each multiple of a rule's number is its word instead. */
function fizz(count, rules) {
  const words = (n) => rules.filter(([divisor]) => n % divisor === 0).map(([, word]) => word);
  return Array.from({ length: count }, (_, i) => {
    const found = words(i + 1).join("");
    return found === "" ? String(i + 1) : found;
  });
}

if (require.main === module) {
  assert.deepStrictEqual(fizz(2, []), ["1", "2"]);
  assert.deepStrictEqual(fizz(5, [[3, "Fizz"], [5, "Buzz"]]), ["1", "2", "Fizz", "4", "Buzz"]);
}

module.exports = { fizz };
