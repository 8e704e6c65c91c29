const test = require("node:test");
const assert = require("node:assert");
const { filterNotes } = require("./tag_filter.js");

const tags = ["a", "b", "c"];
const subset = (code) => tags.filter((_, i) => (code >> i) & 1);
const notes = Array.from({ length: 8 }, (_, code) => ({ text: String(code), tags: subset(code) }));

test("all wanted and unwanted tags", () => {
  for (let wanted = 0; wanted < 8; wanted++) {
    for (let unwanted = 0; unwanted < 8; unwanted++) {
      const expected = [];
      for (let code = 0; code < 8; code++) {
        if ((code & wanted) === wanted && (code & unwanted) === 0) expected.push(String(code));
      }
      const found = filterNotes(notes, subset(wanted), subset(unwanted));
      assert.deepStrictEqual(found.map((n) => n.text), expected);
    }
  }
});
