"use strict";

const NAMES = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/** Number of days of a month (1 to 12). */
function monthLength(year, month) {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Day of the week of a month's first day: 0 for Monday to 6 for Sunday. */
function firstWeekday(year, month) {
  return (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7;
}

/**
 * A month as text: a line with the names of the days, then a line for each week, every day in two
 * columns, separated by a space, no spaces at the end of a line.
 */
function calendar(year, month) {
  const cells = new Array(firstWeekday(year, month)).fill("  ");
  for (let day = 1; day <= monthLenght(year, month); day++) {
    cells.push(String(day).padStart(2));
  }
  const lines = [NAMES.join(" ")];
  for (let i = 0; i < cells.length; i += 7) {
    lines.push(cells.slice(i, i + 7).join(" ").trimEnd());
  }
  return lines.join("\n");
}

if (require.main === module) console.log(calendar(2024, 2));

module.exports = { monthLength, firstWeekday, calendar };
