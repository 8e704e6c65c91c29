const test = require("node:test");
const assert = require("node:assert");
const { render } = require("./template_text.js");

test("lists of objects see the outside", () => {
  const values = { title: "T", n: 0, rows: [{ n: 1 }, { n: 2 }, {}] };
  assert.strictEqual(render("<{{#rows}}{{title}}{{n}} {{/rows}}>", values), "<T1 T2 T0 >");
});

test("lists in lists", () => {
  const values = { a: [{ b: [1, 2], k: "x" }, { b: [], k: "y" }, { b: [3], k: "z" }] };
  assert.strictEqual(render("{{#a}}{{k}}:{{#b}}{{.}}{{k}},{{/b}}|{{/a}}", values),
    "x:1x,2x,|y:|z:3z,|");
});

test("text around and between", () => {
  assert.strictEqual(render("p{{#l}}q{{.}}r{{/l}}s{{#l}}t{{/l}}", { l: ["-", "+"] }),
    "pq-rq+rstt");
});

test("no list", () => {
  assert.strictEqual(render("{{#gone}}x{{/gone}}", {}), "");
});

test("plain text", () => {
  assert.strictEqual(render("", {}), "");
  assert.strictEqual(render("{a} {{ b }}", { a: 1, b: 2 }), "{a} {{ b }}");
});
