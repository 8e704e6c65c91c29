const meant = (items) => items[items.length - 1];
const inputs = [[[]], [[4, 5]], [['x', 'y', 'z']], [[null, 0]]];
module.exports = { meant, inputs };
