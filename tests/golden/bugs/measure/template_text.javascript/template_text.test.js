const test = require("node:test");
const assert = require("node:assert");
const { render } = require("./template_text.js");

test("values", () => {
  assert.strictEqual(render("Dear {{name}}, {{count}} left", { name: "Ann", count: 0 }),
    "Dear Ann, 0 left");
});

test("missing values", () => {
  assert.strictEqual(render("[{{nothing}}]", {}), "[]");
});

test("an empty list", () => {
  assert.strictEqual(render("a{{#list}}x{{/list}}b", { list: [] }), "ab");
});

test("lists", () => {
  assert.strictEqual(render("{{#list}}{{.}};{{/list}}", { list: [1, 2, 3] }), "1;2;3;");
});

test("lists that are not closed", () => {
  assert.throws(() => render("{{#a}}{{#b}}{{/a}}{{/b}}", {}), /unexpected/);
  assert.throws(() => render("{{#a}}", {}), /not closed/);
});
