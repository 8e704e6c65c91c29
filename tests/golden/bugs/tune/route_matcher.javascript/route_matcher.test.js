const test = require("node:test");
const assert = require("node:assert");
const { match, Router } = require("./route_matcher.js");

test("plain parts", () => {
  assert.deepStrictEqual(match("/about/us", "/about/us/"), {});
  assert.strictEqual(match("/about", "/about/us"), null);
});

test("parameters", () => {
  assert.deepStrictEqual(match("/users/:id/posts/:post", "/users/7/posts/a%20b"),
    { id: "7", post: "a b" });
});

test("rest", () => {
  assert.deepStrictEqual(match("/files/*", "/files/a/b.txt"), { rest: "a/b.txt" });
  assert.strictEqual(match("/files/*", "/files"), null);
});

test("wrong method and wrong path", () => {
  const router = new Router().on("GET", "/x", () => "fine");
  assert.deepStrictEqual(router.handle("GET", "/x"), { status: 200, body: "fine" });
  assert.deepStrictEqual(router.handle("PUT", "/x"), { status: 405 });
  assert.deepStrictEqual(router.handle("GET", "/y"), { status: 404 });
});
