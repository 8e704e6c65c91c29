function meant(items, size) {
  const chunks = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}
const inputs = [[[], 1], [[1, 2, 3], 1], [[1, 2, 3, 4], 2], [[1, 2, 3, 4, 5, 6, 7], 3]];
module.exports = { meant, inputs };
