const test = require("node:test");
const assert = require("node:assert");
const { maySee, mayChange, listing } = require("./access_rules.js");

test("all cases", () => {
  for (const user of ["ann", "bob", "eve"]) {
    for (const open of [false, true]) {
      for (const deleted of [false, true]) {
        for (const readers of [[], ["bob"], ["ann", "eve"]]) {
          const document = { title: "d", owner: "ann", readers, public: open, deleted };
          const owns = user === "ann";
          const sees = owns || (!deleted && (open || readers.includes(user)));
          assert.strictEqual(maySee(user, document), sees);
          assert.strictEqual(mayChange(user, document), owns && !deleted);
          const expected = sees ? [owns && !deleted ? "d*" : "d"] : [];
          assert.deepStrictEqual(listing(user, [document]), expected);
        }
      }
    }
  }
});
