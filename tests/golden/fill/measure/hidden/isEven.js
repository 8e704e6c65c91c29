const meant = (n) => n % 2 === 0;
const inputs = [[1], [2], [100], [-3], [-8], [13]];
module.exports = { meant, inputs };
