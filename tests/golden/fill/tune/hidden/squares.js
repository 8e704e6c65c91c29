const meant = (numbers) => numbers.map((each) => each * each);
const inputs = [[[]], [[5]], [[0, 1, -2]], [[10, 3]]];
module.exports = { meant, inputs };
