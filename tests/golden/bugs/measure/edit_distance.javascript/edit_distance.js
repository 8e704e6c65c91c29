"use strict";
const assert = require("node:assert");

/** Fewest insertions, deletions and replacements of one character that turn a into b. */
function distance(a, b) {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + (a[i - 1] === b[j] ? 0 : 1);
      current.push(Math.min(replaced, previous[j] + 1, current[j - 1] + 1));
    }
    previous = current;
  }
  return previous[b.length];
}

/** The candidate nearest to a word, the first of several; null if none is within `limit`. */
function nearest(word, candidates, limit) {
  let best = null;
  let least = limit + 1;
  for (const candidate of candidates) {
    const found = distance(word, candidate);
    if (found < least) [best, least] = [candidate, found];
  }
  return best;
}

if (require.main === module) {
  assert.strictEqual(distance("abc", "abc"), 0);
  assert.strictEqual(nearest("xxxx", ["a"], 1), null);
  assert.strictEqual(distance("kitten", "sitting"), 3);
  assert.strictEqual(nearest("pritn", ["import", "print", "sprint"], 2), "print");
}

module.exports = { distance, nearest };
