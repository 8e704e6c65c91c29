"use strict";

// Customers as {name, arrives, takes} in minutes, in order of arrival; one is served at a time.

/** {name: minute in which the customer is done} */
function doneTimes(customers) {
  const done = {};
  let free = 0;
  for (const { name, arrives, takes } of customers) {
    free = Math.min(free, arrives) + takes;
    done[name] = free;
  }
  return done;
}

/** Minutes that all customers together wait until they are served. */
function totalWait(customers) {
  const done = doneTimes(customers);
  return customers.reduce((sum, c) => sum + done[c.name] - c.takes - c.arrives, 0);
}

module.exports = { doneTimes, totalWait };
