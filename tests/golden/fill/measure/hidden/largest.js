const meant = (numbers) => Math.max(...numbers);
const inputs = [[[1, 2, 3]], [[3, 2, 1]], [[10, 9, 100]], [[-1]], [[0, -7, 0.5]]];
module.exports = { meant, inputs };
