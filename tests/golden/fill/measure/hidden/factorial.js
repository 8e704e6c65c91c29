function meant(n) {
  return n <= 1 ? 1 : n * meant(n - 1);
}
const inputs = [[0], [1], [2], [4], [6], [7]];
module.exports = { meant, inputs };
