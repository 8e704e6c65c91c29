const meant = (text) => text.trim() === '';
const inputs = [[''], ['x'], ['   '], [' \n\t'], [' a '], ['0']];
module.exports = { meant, inputs };
