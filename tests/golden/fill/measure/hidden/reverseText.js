const meant = (text) => text.split('').reverse().join('');
const inputs = [['node'], ['x'], [''], ['a b c'], ['racecar!']];
module.exports = { meant, inputs };
