const meant = (cents) => `$${(cents / 100).toFixed(2)}`;
const inputs = [[0], [1], [100], [12345], [999]];
module.exports = { meant, inputs };
