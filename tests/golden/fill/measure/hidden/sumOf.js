const meant = (numbers) => numbers.reduce((sum, each) => sum + each, 0);
const inputs = [[[]], [[5]], [[1, 1, 1, 1]], [[-3, 3, 9]], [[0.5, 0.25]]];
module.exports = { meant, inputs };
