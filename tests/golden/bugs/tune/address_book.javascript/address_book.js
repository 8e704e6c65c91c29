"use strict";

// People as {name, email, address: {street, town}}; email and address may be missing.

/** "Ann <ann@x.org>", or the name alone. */
function mailbox(person) {
  return person.email ? `${person.name} <${person.email}>` : person.name;
}

/** Names by town, each town's in the order of the list; people without a town under "unknown". */
function byTown(people) {
  const towns = {};
  for (const person of people) {
    const town = person.address.town ?? "unknown";
    (towns[town] ??= []).push(person.name);
  }
  return towns;
}

/** The people whose name begins with the text, in any case. */
function find(people, start) {
  return people.filter((person) => person.name.toLowerCase().startsWith(start.toLowerCase()));
}

const people = [
  { name: "Ann", email: "ann@x.org", address: { street: "Hill 1", town: "York" } },
  { name: "Bob" },
];
if (require.main === module) {
  console.log(people.map(mailbox).join(", "));
  console.log(JSON.stringify(byTown(people)));
}

module.exports = { mailbox, byTown, find };
