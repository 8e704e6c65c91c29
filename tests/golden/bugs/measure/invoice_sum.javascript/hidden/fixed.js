"use strict";

// Lines of an invoice as {text, cents, count, taxPercent}. Tax is rounded to whole cents for each
// rate, over the sum of its lines.

/** {rate: net cents} */
function netByRate(lines) {
  const net = {};
  for (const { cents, count, taxPercent } of lines) {
    net[taxPercent] = (net[taxPercent] ?? 0) + cents * count;
  }
  return net;
}

/** {net, tax, total} in cents. */
function totals(lines) {
  let net = 0;
  let tax = 0;
  for (const [rate, cents] of Object.entries(netByRate(lines))) {
    net += cents;
    tax += Math.round((cents * rate) / 100);
  }
  return { net, tax, total: net + tax };
}

/** "12.05" */
function money(cents) {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}

module.exports = { netByRate, totals, money };
