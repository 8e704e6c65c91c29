"use strict";

/** Map from the value of a key to the list of rows that have it. */
function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(row[key])) groups.set(row[key], []);
    groups.get(row[key]).push(row);
  }
  return groups;
}

/**
 * Rows {...left, ...right} for all pairs in which left[leftKey] equals right[rightKey], in order
 * of the left rows, and for each of them of the right ones. With `outer`, left rows without a
 * partner come too, as they are.
 */
function join(left, right, leftKey, rightKey, outer = false) {
  const partners = groupBy(right, rightKey);
  const rows = [];
  for (const row of left) {
    const found = partners.get(row[leftKey]) ?? [];
    for (const partner of found) rows.push({ ...row, ...partner });
    if (found.length === 0 && outer) rows.push({ ...row });
  }
  return rows;
}

/** {value of the key: sum of the field over the rows that have it} */
function sumBy(rows, key, field) {
  const sums = {};
  for (const [value, group] of groupBy(rows, key)) {
    sums[value] = group.reduce((sum, row) => sum + row[field], 0);
  }
  return sums;
}

module.exports = { groupBy, join, sumBy };
