const test = require("node:test");
const assert = require("node:assert");
const { netByRate, totals, money } = require("./invoice_sum.js");

const book = { text: "book", cents: 1000, count: 2, taxPercent: 7 };
const lamp = { text: "lamp", cents: 4500, count: 1, taxPercent: 19 };

test("net by rate", () => {
  assert.deepStrictEqual(netByRate([book, lamp, book]), { 7: 4000, 19: 4500 });
});

test("one rate", () => {
  assert.deepStrictEqual(totals([book]), { net: 2000, tax: 140, total: 2140 });
});

test("two rates", () => {
  assert.deepStrictEqual(totals([book, lamp]), { net: 6500, tax: 995, total: 7495 });
});

test("money", () => {
  assert.strictEqual(money(1205), "12.05");
});
