"use strict";

/** Words of a text in lower case, without punctuation; digits and letters make words. */
function words(text) {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

/** {words, letters, longest, lengths}: lengths[n] says how many words have n letters. */
function stats(text) {
  const result = { words: 0, letters: 0, longest: "", lengths: {} };
  for (const word of words(text)) {
    result.words += 1;
    result.letters = word.length;
    result.lengths[word.length] = (result.lengths[word.length] ?? 0) + 1;
    if (word.length > result.longest.length) result.longest = word;
  }
  return result;
}

/** Share of different words among all of them, 0 for an empty text. */
function variety(text) {
  const all = words(text);
  return all.length === 0 ? 0 : new Set(all).size / all.length;
}

module.exports = { words, stats, variety };
