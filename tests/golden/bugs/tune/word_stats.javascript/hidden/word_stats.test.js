const test = require("node:test");
const assert = require("node:assert");
const { words, stats, variety } = require("./word_stats.js");

test("the figures agree with each other", () => {
  for (const text of ["", "one", "aa b aa", "The quick brown fox; it jumps 12 times!", "a-b-c d"]) {
    const result = stats(text);
    assert.strictEqual(result.words, words(text).length);
    assert.strictEqual(result.letters, words(text).join("").length);
    const lengths = Object.entries(result.lengths);
    assert.strictEqual(lengths.reduce((sum, [, count]) => sum + count, 0), result.words);
    assert.strictEqual(lengths.reduce((sum, [n, count]) => sum + n * count, 0), result.letters);
  }
});

test("details", () => {
  assert.deepStrictEqual(stats("Be be to see"),
    { words: 4, letters: 9, longest: "see", lengths: { 2: 3, 3: 1 } });
  assert.deepStrictEqual(stats("..."), { words: 0, letters: 0, longest: "", lengths: {} });
  assert.strictEqual(variety(""), 0);
  assert.strictEqual(variety("a b"), 1);
});
