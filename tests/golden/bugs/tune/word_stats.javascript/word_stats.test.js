const test = require("node:test");
const assert = require("node:assert");
const { words, stats, variety } = require("./word_stats.js");

test("words", () => {
  assert.deepStrictEqual(words("It's 9 o'clock!"), ["it", "s", "9", "o", "clock"]);
});

test("number of words and letters", () => {
  const { words, letters } = stats("to be or not");
  assert.strictEqual(words, 4);
  assert.strictEqual(letters, 9);
});

test("the longest word", () => {
  assert.strictEqual(stats("a little bottle").longest, "little");
});

test("variety", () => {
  assert.strictEqual(variety("tea Tea tea cup"), 0.5);
});
