"use strict";

/** Notes {text, tags} that have all of the wanted tags and none of the unwanted ones. */
function filterNotes(notes, wanted, unwanted) {
  return notes.filter(({ tags }) =>
    wanted.every((tag) => tags.includes(tag)) && !unwanted.every((tag) => tags.includes(tag)));
}

/** {tag: number of notes with it} */
function tagCounts(notes) {
  const counts = {};
  for (const tag of notes.flatMap(({ tags }) => tags)) counts[tag] = (counts[tag] ?? 0) + 1;
  return counts;
}

module.exports = { filterNotes, tagCounts };
