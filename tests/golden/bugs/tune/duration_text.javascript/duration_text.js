"use strict";

const UNITS = [["d", 84600], ["h", 3600], ["m", 60], ["s", 1]];

/** Seconds as "1d 2h 3m 4s"; units that are 0 are left out, and 0 seconds are "0s". */
function format(seconds) {
  const parts = [];
  for (const [name, size] of UNITS) {
    const count = Math.floor(seconds / size);
    if (count > 0) parts.push(count + name);
    seconds -= count * size;
  }
  return parts.join(" ") || "0s";
}

/** The inverse of format; units may come in any order. Throws for anything else. */
function parse(text) {
  let seconds = 0;
  for (const part of text.trim().split(/\s+/)) {
    const match = /^(\d+)([dhms])$/.exec(part);
    if (!match) throw new Error(`not a duration: ${part}`);
    seconds += Number(match[1]) * UNITS.find(([name]) => name === match[2])[1];
  }
  return seconds;
}

module.exports = { format, parse };
