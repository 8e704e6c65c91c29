const meant = (numbers) =>
  numbers.length === 0 ? 0 : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
const inputs = [[[]], [[4]], [[1, 2, 3, 4]], [[-2, 2]]];
module.exports = { meant, inputs };
