const meant = (value, low, high) => Math.min(Math.max(value, low), high);
const inputs = [[1, 2, 3], [9, 2, 3], [2, 1, 3], [0, -1, 1]];
module.exports = { meant, inputs };
