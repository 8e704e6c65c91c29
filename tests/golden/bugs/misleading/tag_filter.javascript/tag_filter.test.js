const test = require("node:test");
const assert = require("node:assert");
const { filterNotes, tagCounts } = require("./tag_filter.js");

const notes = [
  { text: "milk", tags: ["shop", "food"] },
  { text: "nails", tags: ["shop"] },
  { text: "soup", tags: ["food", "cook"] },
];

test("a tag that no note has", () => {
  assert.deepStrictEqual(filterNotes(notes, ["work"], ["shop"]), []);
});

test("one wanted and one unwanted tag", () => {
  assert.deepStrictEqual(filterNotes(notes, ["food"], ["shop"]).map((n) => n.text), ["soup"]);
});

test("counts", () => {
  assert.deepStrictEqual(tagCounts(notes), { shop: 2, food: 2, cook: 1 });
});
