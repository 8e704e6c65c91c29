const meant = (number) => String(number).padStart(4, '0');
const inputs = [[0], [1], [999], [1000], [98765]];
module.exports = { meant, inputs };
