const test = require("node:test");
const assert = require("node:assert");
const { clock, allTags, withTag, total } = require("./playlist.js");

const tracks = [
  { title: "a", seconds: 300, tags: ["x"] },
  { title: "b", seconds: 5 },
  { title: "c", seconds: 60, tags: ["y", "x"] },
  { title: "d", seconds: 61, tags: [] },
];

test("tags", () => {
  assert.deepStrictEqual(withTag(tracks, "x"), ["c", "a"]);
  assert.deepStrictEqual(withTag(tracks, "y"), ["c"]);
  assert.deepStrictEqual(withTag(tracks, "z"), []);
  assert.deepStrictEqual(withTag([{ title: "t", seconds: 1 }], "x"), []);
  assert.deepStrictEqual(allTags(tracks), ["x", "y"]);
});

test("the list is left alone", () => {
  withTag(tracks, "x");
  assert.deepStrictEqual(tracks.map((t) => t.title), ["a", "b", "c", "d"]);
});

test("clock", () => {
  assert.strictEqual(clock(0), "0:00");
  assert.strictEqual(clock(59), "0:59");
  assert.strictEqual(clock(3600), "60:00");
  assert.strictEqual(total(tracks), "7:06");
  assert.strictEqual(total([]), "0:00");
});
