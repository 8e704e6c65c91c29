const meant = (people) => people.map((person) => person.name);
const inputs = [[[]], [[{ name: 'A', age: 1 }]], [[{ name: 'Z', age: 3 }, { name: 'B', age: 2 }]]];
module.exports = { meant, inputs };
