const test = require("node:test");
const assert = require("node:assert");
const { netByRate, totals, money } = require("./invoice_sum.js");

const line = (cents, count, taxPercent) => ({ text: "x", cents, count, taxPercent });

test("against a sum by rates", () => {
  const lines = [line(333, 1, 7), line(199, 3, 19), line(50, 2, 0), line(1, 1, 7), line(80, 5, 5)];
  const rates = [0, 5, 7, 19];
  for (let chosen = 0; chosen < 32; chosen++) {
    const some = lines.filter((_, i) => (chosen >> i) & 1);
    let net = 0, tax = 0;
    for (const rate of rates) {
      const sum = some.filter((l) => l.taxPercent === rate)
        .reduce((total, l) => total + l.cents * l.count, 0);
      net += sum;
      tax += Math.round((sum * rate) / 100);
    }
    assert.deepStrictEqual(totals(some), { net, tax, total: net + tax });
  }
});

test("rounding once for each rate", () => {
  assert.strictEqual(totals([line(5, 1, 7), line(5, 1, 7)]).tax, 1);
  assert.strictEqual(totals([line(5, 1, 9), line(5, 1, 11)]).tax, 1);
});

test("nothing", () => {
  assert.deepStrictEqual(netByRate([]), {});
  assert.deepStrictEqual(totals([]), { net: 0, tax: 0, total: 0 });
  assert.strictEqual(money(0), "0.00");
  assert.strictEqual(money(99), "0.99");
});
