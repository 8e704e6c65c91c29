const meant = (first, second) => first.map((each, at) => [each, second[at]]);
const inputs = [[[], []], [[1], [2]], [['x', 'y', 'z'], [1, 2, 3]], [[1, 1], [2, 3]]];
module.exports = { meant, inputs };
