const test = require("node:test");
const assert = require("node:assert");
const { roman } = require("./roman_numerals.js");

const DIGITS = [
  ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"],
  ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"],
  ["", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"],
  ["", "M", "MM", "MMM"],
];

test("all numbers", () => {
  for (let n = 0; n < 4000; n++) {
    let expected = "";
    for (let place = 3; place >= 0; place--) {
      expected += DIGITS[place][Math.floor(n / 10 ** place) % 10];
    }
    assert.strictEqual(roman(n), expected);
  }
});
