const meant = (people) => people.filter((person) => person.age >= 18);
const inputs = [
  [[]], [[{ name: 'A', age: 1 }]], [[{ name: 'Z', age: 19 }, { name: 'B', age: 18 }]],
  [[{ name: 'Q', age: 17 }, { name: 'R', age: 44 }]],
];
module.exports = { meant, inputs };
