const meant = (title) => title.toLowerCase().split(' ').join('-');
const inputs = [['Two Words'], ['X'], ['the Quick brown Fox'], ['']];
module.exports = { meant, inputs };
