const meant = (text) => text === text.split('').reverse().join('');
const inputs = [['noon'], ['moon'], ['x'], ['xyx'], ['xyy']];
module.exports = { meant, inputs };
