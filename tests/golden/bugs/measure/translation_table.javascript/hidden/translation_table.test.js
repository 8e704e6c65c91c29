const test = require("node:test");
const assert = require("node:assert");
const { fallbacks, translate, missing } = require("./translation_table.js");

const tables = {
  en: { a: "A {0} {1}", b: "B", c: "" },
  fr: { a: "{1} et {0}" },
  "fr-CA": { b: "bé" },
};

test("every language and id", () => {
  const expected = {
    en: ["A x y", "B", ""], fr: ["y et x", "B", ""], "fr-CA": ["y et x", "bé", ""],
    "fr-BE": ["y et x", "B", ""], "en-GB": ["A x y", "B", ""], zh: ["A x y", "B", ""],
  };
  for (const [language, texts] of Object.entries(expected)) {
    ["a", "b", "c"].forEach((id, i) =>
      assert.strictEqual(translate(tables, language, id, "x", "y"), texts[i], language + id));
    assert.strictEqual(translate(tables, language, "z"), "z");
  }
});

test("order", () => {
  assert.deepStrictEqual(fallbacks("en"), ["en"]);
  assert.deepStrictEqual(fallbacks("en-GB"), ["en-GB", "en"]);
  assert.deepStrictEqual(fallbacks("fr"), ["fr", "en"]);
});

test("missing", () => {
  assert.deepStrictEqual(missing(tables, "fr-CA"), ["a", "c"]);
  assert.deepStrictEqual(missing(tables, "xx"), ["a", "b", "c"]);
  assert.deepStrictEqual(missing(tables, "en"), []);
});

test("arguments that are missing", () => {
  assert.strictEqual(translate(tables, "en", "a", "x"), "A x {1}");
});
