const meant = (person) => `${person.first} ${person.last}`;
const inputs = [[{ first: 'A', last: 'B' }], [{ first: 'Cy', last: 'Dee' }]];
module.exports = { meant, inputs };
