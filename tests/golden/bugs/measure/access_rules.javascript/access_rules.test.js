const test = require("node:test");
const assert = require("node:assert");
const { maySee, mayChange, listing } = require("./access_rules.js");

const plain = { title: "t", owner: "ann", readers: [], public: false, deleted: false };
const make = (more) => ({ ...plain, ...more });

test("readers", () => {
  assert.ok(maySee("bob", make({ readers: ["bob"] })));
  assert.ok(!maySee("bob", make({})));
});

test("deleted documents", () => {
  assert.ok(maySee("ann", make({ deleted: true })));
  assert.ok(!maySee("bob", make({ deleted: true, public: true })));
});

test("others change nothing", () => {
  assert.ok(!mayChange("bob", make({ readers: ["bob"] })));
});

test("owners change their documents", () => {
  assert.deepStrictEqual(listing("ann", [make({}), make({ title: "old", deleted: true })]),
    ["t*", "old"]);
});
