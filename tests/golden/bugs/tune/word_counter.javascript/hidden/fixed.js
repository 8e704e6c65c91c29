"use strict";

const assert = require("node:assert");

/** Counts words in lines of text, whatever their case. */
class WordCounter {
  constructor(ignored = []) {
    this.counts = new Map();
    this.ignored = new Set(ignored);
  }

  add(word) {
    const key = word.toLowerCase();
    if (this.ignored.has(key)) return;
    this.counts.set(key, this.count(key) + 1);
  }

  /** How often a word in lower case came. */
  count(word) {
    return this.counts.get(word) ?? 0;
  }

  /** Adds all words of a line; returns the counter. */
  addLine(line) {
    const words = line.match(/[a-z']+/gi) ?? [];
    words.forEach((word) => this.add(word));
    return this;
  }

  /** [word, count] pairs, the most frequent first and equally frequent ones by the alphabet. */
  top(limit) {
    const pairs = [...this.counts];
    pairs.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return pairs.slice(0, limit);
  }
}

module.exports = { WordCounter };

if (require.main === module) {
  const counter = new WordCounter(["the"]);
  assert.deepStrictEqual(counter.top(3), []);
  counter.addLine("The rain, the sea").addLine("Rain again");
  assert.strictEqual(counter.count("rain"), 2);
  assert.strictEqual(counter.count("the"), 0);
  assert.deepStrictEqual(counter.top(2), [["rain", 2], ["again", 1]]);
  console.log("ok");
}
