const meant = (word) => word.charAt(0).toUpperCase() + word.slice(1);
const inputs = [['node'], ['x'], [''], ['aB cd'], ['Already']];
module.exports = { meant, inputs };
