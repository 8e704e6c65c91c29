const test = require("node:test");
const assert = require("node:assert");
const { WordCounter } = require("./word_counter.js");

test("words of several lines", () => {
  const counter = new WordCounter();
  for (const line of ["It's late.", "", "-- LATE? it's 9!", "a a a"]) counter.addLine(line);
  assert.deepStrictEqual(counter.top(10), [["a", 3], ["it's", 2], ["late", 2]]);
  assert.deepStrictEqual(counter.top(1), [["a", 3]]);
});

test("addLine gives the counter", () => {
  const counter = new WordCounter(["b"]);
  assert.strictEqual(counter.addLine("b c B"), counter);
  assert.strictEqual(counter.addLine("..."), counter);
  assert.deepStrictEqual([...counter.counts], [["c", 1]]);
});

test("counters are independent", () => {
  const one = new WordCounter();
  const two = new WordCounter();
  one.addLine("x x");
  two.addLine("x");
  assert.strictEqual(one.count("x"), 2);
  assert.strictEqual(two.count("x"), 1);
});
