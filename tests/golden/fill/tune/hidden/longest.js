const meant = (words) => Math.max(...words.map((word) => word.length));
const inputs = [[['a']], [['ab', 'abcde']], [['abc', 'ab', 'a']]];
module.exports = { meant, inputs };
