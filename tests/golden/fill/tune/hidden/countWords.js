const meant = (text) => text.split(' ').length;
const inputs = [['x'], ['x y z w'], ['to be or not to be']];
module.exports = { meant, inputs };
