const meant = (lines) => lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
const inputs = [
  [[]], [[{ price: 1, quantity: 1 }]], [[{ price: 2, quantity: 0 }, { price: 7, quantity: 2 }]],
  [[{ price: 10, quantity: 10 }, { price: 1, quantity: 5 }, { price: 3, quantity: 3 }]],
];
module.exports = { meant, inputs };
