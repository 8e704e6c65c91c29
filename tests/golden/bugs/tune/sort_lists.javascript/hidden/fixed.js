"use strict";
const assert = require("node:assert");

/** Sorts a list of numbers in place, ascending; returns the list. */
function insertionSort(list) {
  for (let i = 1; i < list.length; i++) {
    const value = list[i];
    let j = i - 1;
    while (j >= 0 && list[j] > value) {
      list[j + 1] = list[j];
      j--;
    }
    list[j + 1] = value;
  }
  return list;
}

/** Merges two ascending lists into a new one. */
function merge(a, b) {
  const merged = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (j === b.length || (i < a.length && a[i] <= b[j])) merged.push(a[i++]);
    else merged.push(b[j++]);
  }
  return merged;
}

if (require.main === module) {
  assert.deepStrictEqual(insertionSort([1, 3, 2]), [1, 2, 3]);
  assert.deepStrictEqual(merge([1, 4], [2, 3, 9]), [1, 2, 3, 4, 9]);
  assert.deepStrictEqual(insertionSort([5, 3, 9, 1, 4]), [1, 3, 4, 5, 9]);
}

module.exports = { insertionSort, merge };
