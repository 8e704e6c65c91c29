const meant = (first, second) => first.filter((each) => !second.includes(each));
const inputs = [[[], []], [[], [1]], [[1, 2], [3]], [[4, 5, 6, 4], [4]], [['x', 'y'], ['y']]];
module.exports = { meant, inputs };
