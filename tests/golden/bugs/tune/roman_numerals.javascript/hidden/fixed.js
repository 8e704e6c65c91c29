"use strict";
const assert = require("node:assert");

const VALUES = [
  ["M", 1000], ["CM", 900], ["D", 500], ["CD", 400], ["C", 100], ["XC", 90],
  ["L", 50], ["XL", 40], ["X", 10], ["IX", 9], ["V", 5], ["IV", 4], ["I", 1],
];

/** Roman numeral of a whole number from 0 (an empty text) to 3999. */
function roman(number) {
  for (const [letters, value] of VALUES) {
    if (number >= value) return letters + roman(number - value);
  }
  return "";
}

if (require.main === module) {
  assert.strictEqual(roman(9), "IX");
  assert.strictEqual(roman(2024), "MMXXIV");
}

module.exports = { roman };
