"use strict";

/**
 * Readings of lines "name value", such as "kitchen 21.5"; lines that are empty or whose value is no
 * number are left out. Returns [{name, value}, ...] with numbers as values.
 */
function readings(text) {
  const found = [];
  for (const line of text.split("\n")) {
    const [name, value] = line.trim().split(/\s+/);
    if (value !== undefined && !Number.isNaN(Number(value))) {
      found.push({ name, value: value });
    }
  }
  return found;
}

/** Names in order of their values, the lowest first; each name once, with its lowest value. */
function ranking(found) {
  const lowest = {};
  for (const { name, value } of found) {
    if (!(name in lowest) || value < lowest[name]) lowest[name] = value;
  }
  return Object.keys(lowest).sort((a, b) => lowest[a] - lowest[b]);
}

/** Mean of a sensor's values, rounded to one digit after the point; null without values. */
function mean(found, name) {
  const values = found.filter((reading) => reading.name === name).map(({ value }) => value);
  if (values.length === 0) return null;
  const sum = values.reduce((a, b) => a + b, 0);
  return Math.round((sum / values.length) * 10) / 10;
}

module.exports = { readings, ranking, mean };
