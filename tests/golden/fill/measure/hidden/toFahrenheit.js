const meant = (celsius) => celsius * 9 / 5 + 32;
const inputs = [[10], [25], [37], [-10], [1]];
module.exports = { meant, inputs };
