const meant = (values) => values.filter(Boolean);
const inputs = [[[]], [[0, 0]], [[1, 0, 2]], [[null, 'x']]];
module.exports = { meant, inputs };
