const test = require("node:test");
const assert = require("node:assert");
const { match, Router } = require("./route_matcher.js");

test("parameters", () => {
  assert.deepStrictEqual(match(":a", "x"), { a: "x" });
  assert.deepStrictEqual(match("/:a/:b", "/1/2"), { a: "1", b: "2" });
  assert.deepStrictEqual(match("/:a/end", "/q%2Fr/end"), { a: "q/r" });
  assert.deepStrictEqual(match("/:dir/*", "/d/e/f"), { dir: "d", rest: "e/f" });
  assert.strictEqual(match("/:a/:b", "/1"), null);
  assert.strictEqual(match("/:a", "/1/2"), null);
});

test("roots", () => {
  assert.deepStrictEqual(match("/", "/"), {});
  assert.strictEqual(match("/", "/x"), null);
  assert.deepStrictEqual(match("*", "/x"), { rest: "x" });
});

test("the first route that fits", () => {
  const router = new Router()
    .on("GET", "/items/new", () => "form")
    .on("GET", "/items/:id", ({ id }) => "item " + id)
    .on("DELETE", "/items/:id", ({ id }) => "no " + id);
  assert.strictEqual(router.handle("GET", "/items/new").body, "form");
  assert.strictEqual(router.handle("GET", "/items/12").body, "item 12");
  assert.strictEqual(router.handle("DELETE", "/items/new").body, "no new");
  assert.strictEqual(router.handle("POST", "/items/1").status, 405);
});
