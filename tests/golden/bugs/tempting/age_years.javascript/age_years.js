"use strict";

// Dates are {year, month, day}, with months from 1 to 12.

/** How many years old somebody is who was born on a date: a year more on each birthday. */
function age(born, today) {
  const years = today.year - born.year;
  const isBefore =
    today.month < born.month || today.day < born.day;
  return isBefore ? years - 1 : years;
}

/** The names of the people who have their birthday on a date. */
function birthdays(people, today) {
  return people
    .filter(({ born }) => born.month === today.month && born.day === today.day)
    .map(({ name }) => name);
}

module.exports = { age, birthdays };
