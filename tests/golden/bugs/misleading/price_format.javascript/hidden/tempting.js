"use strict";

/** Cents as "1,234.50": commas between thousands, always two digits after the point. */
function formatCents(cents) {
  const whole = String(Math.trunc(cents / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  return whole + "." + String(Math.abs(cents) % 100).padStart(2, "0");
}

/** The sum of several amounts of cents, as text. */
function formatSum(amounts) {
  return formatCents(amounts.reduce((a, b) => a + b, 0));
}

module.exports = { formatCents, formatSum };
