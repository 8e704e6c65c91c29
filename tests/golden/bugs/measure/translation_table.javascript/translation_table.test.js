const test = require("node:test");
const assert = require("node:assert");
const { fallbacks, translate, missing } = require("./translation_table.js");

const tables = {
  en: { hello: "Hello, {0}!", bye: "Bye", save: "Save" },
  de: { hello: "Hallo, {0}!", bye: "Tschüss" },
  "de-CH": { hello: "Grüezi, {0}!" },
};

test("order of languages", () => {
  assert.deepStrictEqual(fallbacks("de-CH"), ["de-CH", "de", "en"]);
});

test("own text", () => {
  assert.strictEqual(translate(tables, "de-CH", "hello", "Ann"), "Grüezi, Ann!");
});

test("text of the base language", () => {
  assert.strictEqual(translate(tables, "de-CH", "bye"), "Tschüss");
});

test("no text at all", () => {
  assert.strictEqual(translate(tables, "de", "quit"), "quit");
});

test("missing texts", () => {
  assert.deepStrictEqual(missing(tables, "de"), ["save"]);
});
