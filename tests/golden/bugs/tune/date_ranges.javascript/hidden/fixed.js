"use strict";

// Days as "YYYY-MM-DD", in the Gregorian calendar, without time zones.

const DAY_MS = 24 * 60 * 60 * 1000;

/** Days since 1970-01-01. */
function toNumber(day) {
  return Date.parse(day + "T00:00:00Z") / DAY_MS;
}

/** The inverse of toNumber. */
function fromNumber(number) {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

/** All days from first to last, both included; none if last comes before first. */
function daysBetween(first, last) {
  const days = [];
  for (let n = toNumber(first); n <= toNumber(last); n++) days.push(fromNumber(n));
  return days;
}

/** How many nights lie between two days: 1 for a day and the next one. */
function nights(arrival, departure) {
  return toNumber(departure) - toNumber(arrival);
}

/** The days from first to last (both included) that fall on Saturday or Sunday. */
function weekendDays(first, last) {
  return daysBetween(first, last).filter((day) => [0, 6].includes(new Date(day).getUTCDay()));
}

module.exports = { daysBetween, nights, weekendDays };
