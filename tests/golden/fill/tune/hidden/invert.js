const meant = (object) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [value, key]));
const inputs = [[{}], [{ q: 'r' }], [{ m: 'n', o: 'p' }]];
module.exports = { meant, inputs };
